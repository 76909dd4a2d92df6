//! Values that are asked for one by one, where derived code would be too large.
//!
//! Derived code is a piece of its own for every field of every type; this is one function a kind of value.
//! What is refused, and the words for it, are those of derived types.

use super::failure::Failure;
use super::reader::{Event, Inside, Reader, Source, Wanted};
use crate::base::refusal::Refusal;
use serde::de::{Error, Unexpected};

/// Reads one value by what a function asks for, for builds in which derived code is too large.
///
/// # Errors
/// Those of [`read`](super::reader::read).
pub fn read_by(source: &mut dyn Source, take: Take<'_>) -> Result<(), Refusal> {
    let mut reader = Reader::of(source);
    take(&mut reader).map_err(|failure| failure.at(reader.path))
}

/// What asks a reader for a value, and keeps it.
pub type Take<'t> = &'t mut dyn FnMut(&mut Reader<'_>) -> Result<(), Failure>;

/// The keys of an object.
pub struct Keys {
    /// All of them, at most 32.
    pub known: &'static [&'static str],
    /// How many of them, from the first on, have to be there.
    pub needed: usize,
    /// Others are refused, not passed over.
    pub is_closed: bool,
}

impl Reader<'_> {
    /// A text.
    ///
    /// # Errors
    /// [`Failure`] for anything else.
    #[inline(never)]
    pub fn string(&mut self) -> Result<String, Failure> {
        self.text(&"a string")
    }

    /// A text, or null.
    ///
    /// # Errors
    /// [`Failure`] for anything else.
    #[inline(never)]
    pub fn optional_string(&mut self) -> Result<Option<String>, Failure> {
        if self.is_null()? { Ok(None) } else { self.string().map(Some) }
    }

    /// Texts, or null.
    ///
    /// # Errors
    /// [`Failure`] for anything else.
    #[inline(never)]
    pub fn optional_strings(&mut self) -> Result<Option<Vec<String>>, Failure> {
        if self.is_null()? {
            return Ok(None);
        }
        let mut strings = Vec::new();
        self.items(&mut |reader| {
            strings.push(reader.string()?);
            Ok(())
        })?;
        Ok(Some(strings))
    }

    /// A whole number from 0, or null.
    ///
    /// # Errors
    /// [`Failure`] for anything else.
    #[inline(never)]
    pub fn optional_whole(&mut self) -> Result<Option<u64>, Failure> {
        match self.next(Wanted::Any)? {
            Event::Null => Ok(None),
            Event::Whole(value) => Ok(Some(value)),
            Event::Negative(value) => {
                Err(Failure::invalid_value(Unexpected::Signed(value), &"u64"))
            }
            other => Err(self.wrong(&other, &"u64")),
        }
    }

    /// A whole number from 0.
    ///
    /// # Errors
    /// [`Failure`] for anything else.
    #[inline(never)]
    pub fn whole(&mut self) -> Result<u64, Failure> {
        self.optional_whole()?.ok_or_else(|| self.wrong(&Event::Null, &"u64"))
    }

    /// Two numbers, or null.
    ///
    /// # Errors
    /// [`Failure`] for anything else.
    #[inline(never)]
    pub fn optional_pair(&mut self) -> Result<Option<(f64, f64)>, Failure> {
        if self.is_null()? {
            return Ok(None);
        }
        self.open_list()?;
        let mut inside = Inside::of(self, &[]);
        let pair = (inside.number()?, inside.number()?);
        inside.close()?;
        Ok(Some(pair))
    }

    /// Anything, which is passed over; whether it was more than null.
    ///
    /// # Errors
    /// [`Failure`] if the source is broken.
    pub fn is_something(&mut self) -> Result<bool, Failure> {
        if self.is_null()? {
            return Ok(false);
        }
        self.skip(false)?;
        Ok(true)
    }

    /// A list; `take` takes each element.
    ///
    /// # Errors
    /// [`Failure`] for anything else, and those of `take`.
    #[inline(never)]
    pub fn items(&mut self, take: Take<'_>) -> Result<(), Failure> {
        self.open_list()?;
        let mut inside = Inside::of(self, &[]);
        while inside.item()? {
            take(inside.reader)?;
        }
        inside.close()
    }

    /// An object; `take` takes the value of each key that is known, by the place of the key.
    ///
    /// # Errors
    /// [`Failure`] for anything else, for keys that are missing, there twice or not known, and those of
    /// `take`.
    #[inline(never)]
    pub fn fields(
        &mut self,
        keys: &Keys,
        take: &mut dyn FnMut(&mut Reader<'_>, usize) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.open_object()?;
        let mut inside = Inside::of(self, keys.known);
        let mut seen = 0_u32;
        while inside.key()? {
            let text = &inside.reader.text;
            let known = keys.known.iter().enumerate().find(|(_, key)| *key == text);
            let Some((place, key)) = known else {
                inside.push_key();
                if keys.is_closed {
                    return Err(Failure::unknown_field(&inside.reader.text, keys.known));
                }
                inside.reader.skip(false)?;
                continue;
            };
            let bit = bit(place);
            if seen & bit != 0 {
                return Err(Failure::duplicate_field(key));
            }
            seen |= bit;
            inside.push_key();
            take(inside.reader, place)?;
        }
        let needed = keys.known.iter().take(keys.needed).enumerate();
        for (place, key) in needed {
            if seen & bit(place) == 0 {
                return Err(Failure::missing_field(key));
            }
        }
        inside.close()
    }
}

impl Inside<'_, '_> {
    /// A number, one of two.
    #[expect(clippy::cast_precision_loss, reason = "a float is asked for")]
    fn number(&mut self) -> Result<f64, Failure> {
        if !self.item()? {
            return Err(Failure::invalid_length(self.count, &"a tuple of size 2"));
        }
        match self.reader.next(Wanted::Number)? {
            Event::Whole(value) => Ok(value as f64),
            Event::Negative(value) => Ok(value as f64),
            Event::Fraction(value) => Ok(value),
            other => Err(self.reader.wrong(&other, &"f64")),
        }
    }
}

fn bit(place: usize) -> u32 {
    1_u32.wrapping_shl(u32::try_from(place).unwrap_or(0))
}
