//! The document of a catalogue: `{ version, policy, titles }`, as it is published.

use super::catalogue::{Catalogue, IDS, NAMES, TITLES_MAX};
use super::grant::SECONDS_MAX;
use super::plan::{DeviceClass, Plan};
use super::policy::{
    DECISION_TTL_SECONDS_MAX, GRACE_DAYS_MAX, INCLUDES_MAX, LIMIT_MAX, PLANS_MAX, Policy,
};
use super::territory::Country;
use super::title::{HEIGHT_MAX, RATING_MAX, Title, WINDOWS_MAX, Window};
use crate::base::limits::MS_MAX;
use crate::base::plain::pieces::{More, NONE, Pieces, push_digits};
use crate::base::plain::table::{Field, Kind, Member};
use crate::base::refusal::{Code, Refusal};

/// The third table of names, that of packs.
const PACKS: usize = 2;

const LIMIT: Kind = Kind::Whole(0, LIMIT_MAX);
const HEIGHT: Kind = Kind::Whole(1, HEIGHT_MAX);
const TIME: Kind = Kind::Whole(0, SECONDS_MAX);
const SET_OF_PACKS: Kind = Kind::Set(Member::Name(PACKS));
const CLASSES: Kind = Kind::Set(Member::Of(DeviceClass::number_of, "mobile, web, tv or console"));
const TERRITORIES: Kind =
    Kind::Set(Member::Of(Country::number_of, "a country of ISO 3166-1 alpha-2"));
const WINDOWS: Kind = Kind::List(WINDOWS_MAX, &Kind::Span(&WINDOW));

const DOCUMENT: [Field; 3] = [
    Field::needed("version", Kind::Whole(0, MS_MAX)),
    Field::needed("policy", Kind::Object(&POLICY)),
    Field::needed("titles", Kind::Given),
];
const POLICY: [Field; 6] = [
    Field::needed("version", Kind::Name(NAMES)),
    Field::needed("past_due_grace_days", Kind::Whole(0, GRACE_DAYS_MAX)),
    Field::needed("fallback_streams", LIMIT),
    Field::needed("fallback_devices", LIMIT),
    Field::needed("decision_ttl_s", Kind::Whole(1, DECISION_TTL_SECONDS_MAX)),
    Field::needed("plans", Kind::List(PLANS_MAX, &Kind::Object(&PLAN))),
];
const PLAN: [Field; 8] = [
    Field::needed("id", Kind::Name(NAMES)),
    Field::needed("packs", SET_OF_PACKS),
    Field::needed("max_height", HEIGHT),
    Field::needed("ads", Kind::Flag),
    Field::needed("streams", LIMIT),
    Field::needed("devices", LIMIT),
    Field::needed("device_classes", CLASSES),
    Field::optional("includes", Kind::List(INCLUDES_MAX, &Kind::Name(NAMES))),
];
const TITLE: [Field; 8] = [
    Field::needed("id", Kind::Name(IDS)),
    Field::needed("packs", SET_OF_PACKS),
    Field::needed("rating", Kind::Whole(0, RATING_MAX)),
    Field::needed("max_height", HEIGHT),
    Field::needed("ad_tier", Kind::Flag),
    Field::needed("free", Kind::Flag),
    Field::needed("windows", WINDOWS),
    Field::optional("blackouts", WINDOWS),
];
const WINDOW: [Field; 3] = [
    Field::needed("from", TIME),
    Field::needed("to", TIME),
    Field::needed("territories", TERRITORIES),
];

/// Reads a catalogue that comes in pieces into an empty one.
///
/// # Errors
/// A [`Refusal`] with the path of what is wrong, such as `titles[3].windows[0].territories[1]`.
pub fn read_catalogue(catalogue: &mut Catalogue, more: &mut dyn More) -> Result<(), Refusal> {
    let mut pieces = Pieces::of(more);
    let document = pieces.object(&DOCUMENT);
    while let Some(place) = pieces.field(document) {
        if place == 1 {
            let policy = pieces.number(document, 1);
            read_policy(&mut catalogue.policy, &mut pieces, policy);
        } else if place == 2 {
            pieces.begin_list(TITLES_MAX);
            while pieces.item() {
                let title = pieces.value(Kind::Object(&TITLE));
                add_title(catalogue, &mut pieces, title);
                pieces.numbers.truncate(usize::try_from(title).unwrap_or(0));
            }
        }
    }
    catalogue.version = pieces.number(document, 0);
    core::mem::swap(&mut catalogue.names, &mut pieces.names);
    core::mem::swap(&mut catalogue.sets, &mut pieces.sets);
    pieces.finish()
}

/// A number that the table of its field keeps small.
fn small(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[inline(never)]
fn read_policy(policy: &mut Policy, pieces: &mut Pieces<'_>, at: u64) {
    let plans = pieces.number(at, 5);
    let mut cell = plans;
    while let Some(plan) = pieces.next(&mut cell) {
        let name = pieces.number(plan, 0);
        if policy.place_of(name) != usize::MAX {
            wrong_plan(
                pieces,
                policy.plans.len(),
                "].id",
                "expected a name that no other plan has",
            );
        }
        policy.plans.push(Plan {
            name,
            packs: small(pieces.number(plan, 1)),
            max_height: height(pieces.number(plan, 2)),
            ads: pieces.number(plan, 3) == 1,
            streams: pieces.number(plan, 4),
            devices: pieces.number(plan, 5),
            classes: small(pieces.number(plan, 6)),
            first_part: 0,
            end_part: 0,
        });
    }
    let mut cell = plans;
    let mut place = 0;
    while pieces.next(&mut cell).is_some() {
        add_parts(policy, pieces, plans, place);
        place = place.wrapping_add(1);
    }
    policy.version = pieces.number(at, 0);
    policy.past_due_grace_days = pieces.number(at, 1);
    policy.fallback_streams = pieces.number(at, 2);
    policy.fallback_devices = pieces.number(at, 3);
    policy.decision_ttl_s = pieces.number(at, 4);
}

/// Adds the parts of a plan, the nearest first. A way back to itself is refused, and named.
fn add_parts(policy: &mut Policy, pieces: &mut Pieces<'_>, plans: u64, plan: usize) {
    let first = policy.parts.len();
    policy.parts.push(u8::try_from(plan).unwrap_or_default());
    // By which part each was found, counted from the first.
    let mut found_by = vec![0];
    let mut at = first;
    while let Some(part) = policy.parts.get(at) {
        let part = usize::from(*part);
        let mut cell = plans;
        for _ in 0..part {
            let _ = pieces.next(&mut cell);
        }
        let record = pieces.next(&mut cell).unwrap_or(NONE);
        let mut includes = pieces.number(record, 7);
        let mut index = 0;
        while let Some(name) = pieces.next(&mut includes) {
            let included = policy.place_of(name);
            if included == usize::MAX {
                let mut path = "].includes[".to_owned();
                push_digits(&mut path, index);
                path.push(']');
                wrong_plan(pieces, part, &path, "expected the name of a plan");
            } else if included == plan {
                let way = way_to(policy, pieces, &found_by, first, at);
                wrong_plan(pieces, part, "].includes", &way);
            }
            let included = u8::try_from(included).unwrap_or_default();
            if !policy.parts.get(first..).unwrap_or_default().contains(&included) {
                policy.parts.push(included);
                found_by.push(at.wrapping_sub(first));
            }
            index = index.wrapping_add(1);
        }
        at = at.wrapping_add(1);
    }
    let end_part = policy.parts.len();
    if let Some(plan) = policy.plans.get_mut(plan) {
        plan.first_part = first;
        plan.end_part = end_part;
    }
}

/// Parts of a way that are named between its beginning and its end.
const STEPS_SHOWN_MAX: usize = 8;

/// How a plan comes to be a part of itself: the names on the way, from it to it.
#[cold]
#[inline(never)]
fn way_to(
    policy: &Policy,
    pieces: &Pieces<'_>,
    found_by: &[usize],
    first: usize,
    at: usize,
) -> String {
    let name = |at: usize| {
        let plan = policy.parts.get(first.wrapping_add(at)).copied().map(usize::from);
        let name = plan.and_then(|plan| policy.plans.get(plan)).map_or(NONE, |plan| plan.name);
        pieces.names.first().map_or("", |names| names.text(small(name)))
    };
    let mut way = vec!["`", name(0)];
    let mut at = at.wrapping_sub(first);
    let mut between = Vec::new();
    while at > 0 {
        between.push(name(at));
        at = found_by.get(at).copied().unwrap_or_default();
    }
    // Of a long way the last steps.
    if between.len() > STEPS_SHOWN_MAX {
        way.push("` -> ... -> `");
        between.truncate(STEPS_SHOWN_MAX);
        way.push(between.pop().unwrap_or_default());
    }
    for part in between.into_iter().rev() {
        way.extend(["` -> `", part]);
    }
    way.extend(["` -> `", name(0), "`"]);
    ["expected no plan in itself: ", &way.concat()].concat()
}

fn height(number: u64) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

#[cold]
#[inline(never)]
fn wrong_plan(pieces: &mut Pieces<'_>, plan: usize, key: &str, message: &str) {
    let mut path = "plans[".to_owned();
    push_digits(&mut path, plan as u64);
    path.push_str(key);
    pieces.fail(&path, Code::InvalidValue, message.to_owned());
}

#[inline(never)]
fn add_title(catalogue: &mut Catalogue, pieces: &mut Pieces<'_>, at: u64) {
    let Catalogue { titles, count, windows, .. } = catalogue;
    if pieces.number(at, 0) != u64::from(*count) {
        pieces.fail("id", Code::InvalidValue, "expected a name that no other title has".to_owned());
    }
    // Twice as many as there may be: they are counted while they are put there.
    let (Ok(first_window), Ok(_)) = (windows.begin(2 * WINDOWS_MAX), titles.begin(1)) else {
        pieces.out_of_memory();
        return;
    };
    // How many windows, and how many blackouts.
    let mut counts = [0_u8; 2];
    for (field, count) in (6..).zip(&mut counts) {
        let mut cell = pieces.number(at, field);
        while let Some(span) = pieces.next(&mut cell) {
            *count = count.wrapping_add(1);
            windows.push(Window {
                from: pieces.number(span, 0),
                to: pieces.number(span, 1),
                territories: small(pieces.number(span, 2)),
            });
        }
    }
    let [open, blackouts] = counts;
    if usize::from(open.saturating_add(blackouts)) > WINDOWS_MAX {
        let message = "expected at most 64 windows and blackouts together".to_owned();
        pieces.fail("windows", Code::TooMany, message);
    }
    titles.push(Title {
        packs: small(pieces.number(at, 1)),
        first_window: small(first_window as u64),
        max_height: height(pieces.number(at, 3)),
        windows: open,
        blackouts,
        rating: u8::try_from(pieces.number(at, 2)).unwrap_or(u8::MAX),
        ad_tier: pieces.number(at, 4) == 1,
        free: pieces.number(at, 5) == 1,
    });
    *count = count.wrapping_add(1);
}
