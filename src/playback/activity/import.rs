//! An import: pieces of a file in, plays out with each piece, a report at the end.

use super::columns::Columns;
use super::findings::{FindingReason, Findings};
use super::play::{Bookmark, ImportedView, Play, Skip};
use super::play_ids::PlayIds;
use super::report::{ActivityDay, ActivityReport};

use super::totals::{NAMES_MAX, NamedTotals, Totals};
use crate::base::csv::reader::{Row, RowReader};
use crate::base::refusal::{Code, Refusal};
use crate::playback::reading::milliseconds;

/// Bytes of one file. Ten years of a household are some 10 MB.
pub const FILE_BYTES_MAX: u64 = 1 << 30;

/// Rows of one file, so that what is kept of each play (its id) stays below 110 MB.
pub const ROWS_MAX: u64 = 3_000_000;

/// Bytes of one piece, so that the plays of a piece fit into memory.
pub const PIECE_BYTES_MAX: usize = 1 << 20;

/// Bytes that tell a text from an archive and one encoding from another.
const HEAD_BYTES: usize = 4;

/// One import of one file.
pub struct ActivityImport {
    reader: RowReader,
    /// The first bytes, until they tell what the file is; then none.
    head: Option<Vec<u8>>,
    bytes: u64,
    intake: Intake,
    is_finished: bool,
}

/// What takes the rows.
struct Intake {
    now_ms: u64,
    gives_plays: bool,
    columns: Option<Columns>,
    ids: PlayIds,
    totals: Totals,
    supplemental: NamedTotals,
    skipped: Findings,
    noted: Findings,
    rows: u64,
    plays: Vec<ImportedView>,
    /// Why the whole file is refused.
    refusal: Option<Refusal>,
}

impl ActivityImport {
    /// An import at `now_ms`, UTC: no play begins later. `gives_plays` tells whether
    /// [`ActivityImport::push`] gives the plays or only counts them.
    ///
    /// # Errors
    /// [`Code::InvalidValue`] if `now_ms` is no moment.
    pub fn new(now_ms: f64, gives_plays: bool) -> Result<Self, Refusal> {
        let now_ms = milliseconds(now_ms).ok_or_else(|| {
            Refusal::at(Code::InvalidValue, "now_ms", "expected UTC milliseconds")
        })?;
        let intake = Intake {
            now_ms,
            gives_plays,
            columns: None,
            ids: PlayIds::default(),
            totals: Totals::default(),
            supplemental: NamedTotals::new(NAMES_MAX),
            skipped: Findings::default(),
            noted: Findings::default(),
            rows: 0,
            plays: Vec::new(),
            refusal: None,
        };
        let head = Some(Vec::with_capacity(HEAD_BYTES));
        Ok(Self { reader: RowReader::default(), head, bytes: 0, intake, is_finished: false })
    }

    /// Reads the next piece and gives the plays whose rows end in it.
    ///
    /// # Errors
    /// A [`Refusal`] of the whole file, here and ever after: a column that is missing, a file that is
    /// no such export, more bytes or rows than allowed. A bad row is no error; the report tells it.
    pub fn push(&mut self, piece: &[u8]) -> Result<Vec<ImportedView>, Refusal> {
        self.check(piece)?;
        self.bytes += piece.len() as u64;
        match self.head.take() {
            None => self.read(piece),
            Some(mut head) => {
                head.extend_from_slice(piece);
                if head.len() < HEAD_BYTES {
                    self.head = Some(head);
                } else {
                    self.begin(&head);
                }
            }
        }
        self.given()
    }

    /// Reads the last row, if its line has no end, and gives its play and the report.
    ///
    /// # Errors
    /// Those of [`ActivityImport::push`], and [`Code::InvalidValue`] for a file without any row.
    pub fn finish(&mut self) -> Result<(Vec<ImportedView>, ActivityReport), Refusal> {
        self.check(&[])?;
        if let Some(head) = self.head.take() {
            self.begin(&head);
        }
        let intake = &mut self.intake;
        self.reader.finish(&mut |row| intake.take(&row));
        let plays = self.given()?;
        self.is_finished = true;
        let intake = &self.intake;
        let Some(columns) = &intake.columns else {
            let message = "the file is empty: expected ViewingActivity.csv as it was exported";
            return Err(Refusal::of(Code::InvalidValue, message));
        };
        let report = ActivityReport::new(
            &intake.totals,
            &intake.supplemental,
            &intake.skipped,
            &intake.noted,
        );
        let report = ActivityReport {
            bytes: self.bytes,
            rows: intake.rows,
            columns_missing: columns.missing.clone(),
            columns_ignored: columns.ignored.clone(),
            ..report
        };
        Ok((plays, report))
    }

    /// The plays so far by the day on which they began; see [`Totals::days`].
    ///
    /// # Errors
    /// The first error of `day_of`.
    pub fn days<E>(
        &self,
        day_of: impl FnMut(u64) -> Result<String, E>,
    ) -> Result<Vec<ActivityDay>, E> {
        self.intake.totals.days(day_of)
    }

    fn check(&mut self, piece: &[u8]) -> Result<(), Refusal> {
        if let Some(refusal) = &self.intake.refusal {
            return Err(refusal.clone());
        }
        if self.is_finished {
            return Err(Refusal::of(Code::Internal, "the import is finished: begin another"));
        }
        if piece.len() > PIECE_BYTES_MAX {
            // Nothing was read: the same bytes may come again in smaller pieces.
            let message = format!(
                "`{}` bytes at once, expected pieces of at most {PIECE_BYTES_MAX}",
                piece.len()
            );
            return Err(Refusal::at(Code::BodyTooLarge, "piece", message));
        }
        if self.bytes + piece.len() as u64 > FILE_BYTES_MAX {
            let message =
                format!("the file has more than {FILE_BYTES_MAX} bytes: import it in parts");
            let refusal = Refusal::of(Code::BodyTooLarge, message);
            self.intake.refusal = Some(refusal.clone());
            return Err(refusal);
        }
        Ok(())
    }

    /// Looks at the first bytes before they are read.
    fn begin(&mut self, head: &[u8]) {
        let what = match head {
            [b'P', b'K', 3 | 5, 4 | 6, ..] | [0x1f, 0x8b, ..] => {
                Some("an archive: unpack it and choose ViewingActivity.csv in CONTENT_INTERACTION")
            }
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
                Some("UTF-16, as when a spreadsheet saved it: choose the file as it was exported")
            }
            _ => None,
        };
        match what {
            None => self.read(head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head)),
            Some(what) => {
                let message = format!("the file is {what}");
                self.intake.refusal = Some(Refusal::of(Code::InvalidValue, message));
            }
        }
    }

    fn read(&mut self, piece: &[u8]) {
        let intake = &mut self.intake;
        self.reader.push(piece, &mut |row| intake.take(&row));
    }

    fn given(&mut self) -> Result<Vec<ImportedView>, Refusal> {
        match &self.intake.refusal {
            Some(refusal) => Err(refusal.clone()),
            None => Ok(core::mem::take(&mut self.intake.plays)),
        }
    }
}

impl Intake {
    /// Takes a row and tells whether it was sound.
    fn take(&mut self, row: &Row<'_>) -> bool {
        if self.refusal.is_some() {
            return true;
        }
        let Some(columns) = &self.columns else {
            match Columns::read(row) {
                Ok(columns) => self.columns = Some(columns),
                Err(refusal) => self.refusal = Some(refusal),
            }
            return true;
        };
        if self.rows >= ROWS_MAX {
            let message = format!("the file has more than {ROWS_MAX} rows: import it in parts");
            self.refusal = Some(Refusal::of(Code::TooMany, message));
            return true;
        }
        self.rows += 1;
        match Play::read(row, columns, self.now_ms) {
            Ok(play) => {
                self.take_play(row.line, &play);
                true
            }
            Err(Skip { reason, value, played_ms }) => {
                self.skipped.add(reason, row.line, value);
                let is_supplemental = reason == FindingReason::SupplementalVideo;
                if is_supplemental {
                    self.supplemental.add(value, played_ms);
                }
                is_supplemental
            }
        }
    }

    fn take_play(&mut self, line: u64, play: &Play<'_>) {
        if !self.ids.insert(play.id) {
            self.skipped.add(FindingReason::Duplicate, line, &play.title);
            return;
        }
        let bookmarks = [play.bookmark, play.latest_bookmark];
        if let Some(text) = bookmarks.into_iter().find_map(|bookmark| match bookmark {
            Bookmark::Invalid(text) => Some(text),
            Bookmark::None | Bookmark::At(_) => None,
        }) {
            self.noted.add(FindingReason::InvalidBookmark, line, text);
        }
        self.totals.add(play);
        if self.gives_plays {
            self.plays.push(play.to_view());
        }
    }
}
