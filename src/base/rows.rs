//! A list in pieces, which grows without being moved: moving would need as much memory once more.

use super::index::{OutOfMemory, room};

/// Rows of a piece.
const PIECE_ROWS: usize = 1_024;

/// Rows by their places. Those that are added after one [`Rows::begin`] stand together.
#[derive(Debug)]
pub struct Rows<T> {
    // INVARIANT (places): each piece has room for `PIECE_ROWS`, and a place counts those that no row was put into.
    pieces: Vec<Vec<T>>,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self { pieces: Vec::new() }
    }
}

impl<T> Rows<T> {
    /// The place of the next row, where there is room for so many together; at most 1,024.
    ///
    /// # Errors
    /// [`OutOfMemory`].
    #[inline(never)]
    pub fn begin(&mut self, count: usize) -> Result<usize, OutOfMemory> {
        let last = self.pieces.last().map_or(PIECE_ROWS, Vec::len);
        if last.saturating_add(count) > PIECE_ROWS {
            let mut piece = Vec::new();
            piece.try_reserve_exact(PIECE_ROWS).map_err(|_| OutOfMemory)?;
            room(&mut self.pieces, 1)?;
            self.pieces.push(piece);
        }
        let before = self.pieces.len().saturating_sub(1).saturating_mul(PIECE_ROWS);
        Ok(before.saturating_add(self.pieces.last().map_or(0, Vec::len)))
    }

    /// Adds a row for which there is room; without it nothing is added.
    pub fn push(&mut self, row: T) {
        if let Some(piece) = self.pieces.last_mut().filter(|piece| piece.len() < PIECE_ROWS) {
            piece.push(row);
        }
    }

    /// So many rows from a place on, which were added together; none if they are not there.
    #[must_use]
    pub fn get(&self, place: usize, count: usize) -> &[T] {
        let rows = self.pieces.get(place / PIECE_ROWS).map_or(&[][..], Vec::as_slice);
        let first = place % PIECE_ROWS;
        rows.get(first..first.saturating_add(count)).unwrap_or_default()
    }

    /// Bytes of memory that it holds.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.pieces.len().saturating_mul(PIECE_ROWS).saturating_mul(size_of::<T>())
    }
}
