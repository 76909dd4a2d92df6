//! Countries, by their two letters.

/// Every country, in order: ISO 3166-1 alpha-2, and `XK`, which that leaves to its users and networks send for
/// Kosovo. A code beside them (`UK`, `EU`, `XX`, `T1`) is no country.
///
/// Source: ISO 3166-1, as of 2026.
const CODES: &str = "\
ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCRCUCVCWCX\
CYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIR\
ISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNE\
NFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTF\
TGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSXKYEYTZAZMZW";

/// A row a first letter: the second letters as bits, and how many countries come before.
const ROWS: [(u32, u8); 26] = rows();

#[expect(clippy::indexing_slicing, reason = "evaluated when it is compiled")]
const fn rows() -> [(u32, u8); 26] {
    let codes = CODES.as_bytes();
    let mut rows = [(0, 0); 26];
    let mut at = 0;
    while at < codes.len() {
        let row = (codes[at] - b'A') as usize;
        rows[row].0 |= 1 << (codes[at + 1] - b'A');
        let mut later = row + 1;
        while later < rows.len() {
            rows[later].1 += 1;
            later += 1;
        }
        at += 2;
    }
    rows
}

/// A country: its place among all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Country(u8);

impl Country {
    /// Reads two capitals; none if no country has them.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let &[first, second] = text.as_bytes() else { return None };
        let (row, before) = ROWS.get(usize::from(first.checked_sub(b'A')?))?;
        let second = second.checked_sub(b'A').filter(|letter| *letter < 26)?;
        let below = row & ((1 << second) - 1);
        let place = u8::try_from(below.count_ones()).ok()?.checked_add(*before)?;
        (row >> second & 1 == 1).then_some(Self(place))
    }

    /// The number of two capitals; none if no country has them.
    #[must_use]
    pub fn number_of(text: &str) -> Option<u8> {
        Self::parse(text).map(Self::place)
    }

    /// The country of a place, if there is one.
    #[must_use]
    pub fn of_place(place: u8) -> Option<Self> {
        (usize::from(place) < CODES.len() / 2).then_some(Self(place))
    }

    /// Its place, below 256.
    #[must_use]
    pub const fn place(self) -> u8 {
        self.0
    }
}
