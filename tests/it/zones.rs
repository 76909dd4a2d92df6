//! Some zones, by the changes of their clocks around the days of the tests. Source: IANA Time Zone Database.

const HOUR: i64 = 3_600_000;

/// Name, offset in minutes before, and the changes.
type Zone = (&'static str, i64, &'static [Change]);

/// An instant, and the offset in minutes from then on.
type Change = (i64, i64);

const ZONES: [Zone; 8] = [
    ("UTC", 0, &[]),
    ("America/Santiago", -180, &[(1_775_358_000_000, -240), (1_788_667_200_000, -180)]),
    ("America/New_York", -300, &[(1_772_953_200_000, -240), (1_793_512_800_000, -300)]),
    ("America/Havana", -300, &[(1_772_946_000_000, -240), (1_793_509_200_000, -300)]),
    ("Europe/Madrid", 60, &[(1_774_746_000_000, 120), (1_792_890_000_000, 60)]),
    ("Pacific/Apia", -600, &[(1_325_239_200_000, 840)]),
    ("America/Toronto", -300, &[(-1_601_753_400_000, -240)]),
    ("America/St_Johns", -210, &[(1_143_948_660_000, -150), (1_162_089_060_000, -210)]),
];

/// As the host's: none for a zone that is not known.
pub fn offset_ms(zone: &str, instant_ms: i64) -> Option<i64> {
    let (_, first, changes) = ZONES.iter().find(|(name, ..)| *name == zone)?;
    let last = changes.iter().rev().find(|(from_ms, _)| *from_ms <= instant_ms);
    Some(last.map_or(*first, |(_, minutes)| *minutes) * HOUR / 60)
}
