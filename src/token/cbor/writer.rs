//! CBOR in the one form that its deterministic encoding has.

/// Bytes so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Writer(pub Vec<u8>);

impl Writer {
    /// The head of an item: its major type, and its value or length.
    ///
    /// Source: RFC 8949, section 3.
    #[inline(never)]
    pub fn head(&mut self, major: u8, value: u64) {
        let bytes = value.to_be_bytes();
        let (size, length) = match value {
            0..24 => {
                self.0.push((major << 5) | bytes[7]);
                return;
            }
            24..0x100 => (24, 1),
            0x100..0x1_0000 => (25, 2),
            0x1_0000..0x1_0000_0000 => (26, 4),
            _ => (27, 8),
        };
        self.0.push((major << 5) | size);
        self.0.extend(bytes.iter().skip(8 - length));
    }

    /// A whole number, which may be below 0.
    pub fn number(&mut self, number: i64) {
        match u64::try_from(number) {
            Ok(whole) => self.head(0, whole),
            Err(_) => self.head(1, number.unsigned_abs().saturating_sub(1)),
        }
    }

    /// Bytes.
    #[inline(never)]
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.head(2, bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    /// A text.
    #[inline(never)]
    pub fn text(&mut self, text: &str) {
        self.head(3, text.len() as u64);
        self.0.extend_from_slice(text.as_bytes());
    }

    /// A list of texts.
    #[inline(never)]
    pub fn texts(&mut self, texts: &[String]) {
        self.head(4, texts.len() as u64);
        for text in texts {
            self.text(text);
        }
    }

    /// A map of numbered values, each written already, in the order of their labels.
    #[inline(never)]
    pub fn map(&mut self, pairs: &[(u64, Self)]) {
        self.head(5, pairs.len() as u64);
        let mut from = 0;
        // A handful: sorting them is more code than looking for the next.
        while let Some((label, value)) =
            pairs.iter().filter(|(label, _)| *label >= from).min_by_key(|(label, _)| *label)
        {
            self.head(0, *label);
            self.0.extend_from_slice(&value.0);
            from = label.saturating_add(1);
        }
    }
}
