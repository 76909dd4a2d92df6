//! Names, each once, one behind the other, found by a table.

use crate::base::id::viewer_tag;

/// A slot that holds nothing.
const FREE: u32 = u32::MAX;

/// The fewest slots.
const SLOTS_MIN: usize = 64;

/// There is no memory left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfMemory;

/// Byte strings, by their places from 0 on. Everything that grows asks for its memory and takes a no for an answer:
/// a host that has none left must see a refusal, not a trap.
#[derive(Debug, Default)]
pub struct Index {
    text: Vec<u8>,
    /// Where each ends.
    ends: Vec<u32>,
    // INVARIANT (room to stop): a power of two, at least a quarter of them free.
    slots: Vec<u32>,
}

impl Index {
    /// The bytes of a place.
    #[must_use]
    pub fn get(&self, place: u32) -> Option<&[u8]> {
        let place = place as usize;
        let end = *self.ends.get(place)? as usize;
        let begin = match place.checked_sub(1) {
            Some(before) => *self.ends.get(before)? as usize,
            None => 0,
        };
        self.text.get(begin..end)
    }

    /// The text of a place; empty where there is none.
    #[must_use]
    pub fn text(&self, place: u32) -> &str {
        core::str::from_utf8(self.get(place).unwrap_or_default()).unwrap_or_default()
    }

    /// The place of some bytes.
    #[must_use]
    pub fn find(&self, name: &[u8]) -> Option<u32> {
        let place = *self.slots.get(self.slot(name))?;
        (place != FREE).then_some(place)
    }

    /// The place of some bytes, which are added if they are not there.
    ///
    /// # Errors
    /// [`OutOfMemory`]; it is good for nothing then.
    #[inline(never)]
    pub fn add(&mut self, name: &[u8]) -> Result<u32, OutOfMemory> {
        if let Some(known) = self.find(name) {
            return Ok(known);
        }
        let place = u32::try_from(self.ends.len()).map_err(|_| OutOfMemory)?;
        room(&mut self.text, name.len())?;
        self.text.extend_from_slice(name);
        room(&mut self.ends, 1)?;
        self.ends.push(u32::try_from(self.text.len()).map_err(|_| OutOfMemory)?);
        let most = self.slots.len() / 4 * 3;
        if self.ends.len() > most {
            self.grow()?;
        } else {
            let slot = self.slot(name);
            if let Some(slot) = self.slots.get_mut(slot) {
                *slot = place;
            }
        }
        Ok(place)
    }

    /// Bytes of memory that it holds.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let places = self.ends.capacity().saturating_add(self.slots.capacity());
        self.text.capacity().saturating_add(places.saturating_mul(size_of::<u32>()))
    }

    fn grow(&mut self) -> Result<(), OutOfMemory> {
        let mut slots = Vec::new();
        let length = self.slots.len().saturating_mul(2).max(SLOTS_MIN);
        slots.try_reserve_exact(length).map_err(|_| OutOfMemory)?;
        slots.resize(length, FREE);
        self.slots = slots;
        for place in (0_u32..).take(self.ends.len()) {
            let slot = self.slot(self.get(place).unwrap_or_default());
            if let Some(slot) = self.slots.get_mut(slot) {
                *slot = place;
            }
        }
        Ok(())
    }

    /// The slot of some bytes: theirs, or a free one.
    #[inline(never)]
    fn slot(&self, name: &[u8]) -> usize {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = viewer_tag(name) as usize & mask;
        while let Some(place) = self.slots.get(at) {
            if *place == FREE || self.get(*place) == Some(name) {
                break;
            }
            at = at.wrapping_add(1) & mask;
        }
        at
    }
}

/// Elements for which there is room at first.
const ROOM_MIN: usize = 64;

/// Room for more. A quarter at a time: twice as much would be twice as much memory for good.
#[inline(never)]
pub fn room<T>(list: &mut Vec<T>, more: usize) -> Result<(), OutOfMemory> {
    if list.capacity().wrapping_sub(list.len()) >= more {
        return Ok(());
    }
    let step = (list.len() / 4).max(more).max(ROOM_MIN);
    list.try_reserve_exact(step).map_err(|_| OutOfMemory)
}
