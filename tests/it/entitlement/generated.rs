//! Policies, titles, viewers and requests that are generated, at and beside the times at which something changes.

use super::second::{Account, DAY, Grant, Plan, Policy, Request, Stream, Title, Viewer, Window};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

/// Half a day: grace is counted in days.
const STEP: i64 = DAY / 2;
const STEPS: i64 = 9;
const PLANS: [&str; 4] = ["a", "b", "c", "d"];
const CLASSES: [&str; 4] = ["mobile", "web", "tv", "console"];
const PACKS: [&str; 3] = ["p", "q", "r"];
const COUNTRIES: [&str; 3] = ["SE", "ES", "XK"];
const DEVICES: [&str; 4] = ["d1", "d2", "d3", "d4"];

/// All that a decision depends on.
#[derive(Debug, Clone)]
pub struct World {
    pub policy: Policy,
    pub titles: Vec<Title>,
    pub viewer: Viewer,
    pub request: Request,
}

impl World {
    pub fn document(&self) -> Value {
        json!({ "version": 1, "policy": self.policy, "titles": self.titles })
    }

    pub fn viewer(&self) -> Value {
        json!(self.viewer)
    }
}

fn some_of(all: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    subsequence(all.to_vec(), 0..=all.len())
        .prop_map(|some| some.into_iter().map(str::to_owned).collect())
}

fn one_of(all: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(all).prop_map(str::to_owned)
}

fn time() -> impl Strategy<Value = i64> {
    (1..STEPS).prop_map(|step| step * STEP)
}

fn moment() -> impl Strategy<Value = i64> {
    (time(), -1..=1_i64).prop_map(|(time, beside)| time + beside)
}

fn windows(most: usize) -> impl Strategy<Value = Vec<Window>> {
    let window = (time(), 1..4_i64, some_of(&COUNTRIES)).prop_map(|(from, steps, territories)| {
        Window { from, to: from + steps * STEP, territories }
    });
    vec(window, 0..=most)
}

fn plan(place: usize) -> impl Strategy<Value = Plan> {
    let includes = subsequence(PLANS[..place].to_vec(), 0..=place);
    let limits = (0..4_usize, 0..4_usize);
    let height = select(&[480_i64, 1080, 2160][..]);
    (some_of(&PACKS), height, any::<bool>(), limits, some_of(&CLASSES), includes).prop_map(
        move |(packs, max_height, ads, (streams, devices), device_classes, includes)| Plan {
            id: PLANS[place].to_owned(),
            packs,
            max_height,
            ads,
            streams,
            devices,
            device_classes,
            includes: includes.into_iter().map(str::to_owned).collect(),
        },
    )
}

fn policy() -> impl Strategy<Value = Policy> {
    let plans = (plan(0), plan(1), plan(2), plan(3)).prop_map(|(a, b, c, d)| vec![a, b, c, d]);
    let numbers = (0..3_i64, 0..3_usize, 0..3_usize, select(&[1, STEP / 2, STEP, 5 * STEP][..]));
    (plans.prop_shuffle(), numbers).prop_map(|(plans, (grace, streams, devices, ttl))| Policy {
        version: "generated".to_owned(),
        past_due_grace_days: grace,
        fallback_streams: streams,
        fallback_devices: devices,
        decision_ttl_s: ttl,
        plans,
    })
}

fn title(id: &'static str) -> impl Strategy<Value = Title> {
    let rights = (some_of(&PACKS), select(&[0_i64, 7, 18][..]), any::<bool>(), any::<bool>());
    let height = select(&[480_i64, 1080, 2160][..]);
    (rights, height, windows(4), windows(2)).prop_map(
        |((packs, rating, ad_tier, free), max_height, windows, blackouts)| Title {
            id: id.to_owned(),
            packs,
            rating,
            max_height,
            ad_tier,
            free,
            windows,
            blackouts,
        },
    )
}

pub fn grant() -> impl Strategy<Value = Grant> {
    let kind = select(&["plan", "trial", "purchase", "rental", "coupon"][..]);
    let played = (option::of(time()), option::of(1..4_i64));
    let target =
        (any::<bool>(), one_of(&["a", "b", "c", "d", "gone"]), one_of(&["t", "u", "gone"]));
    // `free` among them: it shares its name with what a free title gives.
    let id = one_of(&["a", "e", "free", "g", "z"]);
    (id, kind, target, time(), option::of(time()), played).prop_map(
        |(id, kind, (is_title, plan, title), from, to, (played, window))| {
            let is_title = match kind {
                "plan" | "trial" => false,
                "coupon" => is_title,
                _ => true,
            };
            let is_rental = kind == "rental";
            Grant {
                id,
                kind: kind.to_owned(),
                plan: (!is_title).then_some(plan),
                title: is_title.then_some(title),
                from,
                to,
                play_window_s: window.filter(|_| is_rental).map(|steps| steps * STEP),
                first_play_at: played.filter(|_| is_rental),
            }
        },
    )
}

fn viewer() -> impl Strategy<Value = Viewer> {
    let statuses = &["active", "active", "active", "past_due", "suspended", "chargeback", "closed"];
    let account = (one_of(statuses), option::of(time()))
        .prop_map(|(status, since)| Account { status, since });
    let stream =
        (one_of(&DEVICES), option::of(time())).prop_map(|(device, until)| Stream { device, until });
    let rating = option::of(select(&[0_i64, 7, 18][..]));
    (account, rating, vec(one_of(&DEVICES), 0..5), vec(stream, 0..4), vec(grant(), 0..5)).prop_map(
        |(account, max_rating, devices, open_streams, grants)| Viewer {
            account,
            max_rating,
            devices,
            open_streams,
            grants,
        },
    )
}

fn request() -> impl Strategy<Value = Request> {
    let title = one_of(&["t", "t", "t", "u", "gone"]);
    let country = option::weighted(0.9, one_of(&COUNTRIES));
    (title, country, one_of(&CLASSES), one_of(&["d1", "d2", "d3", "new"]), moment()).prop_map(
        |(title, country, device_class, device_id, now)| Request {
            title,
            country,
            device_class,
            device_id,
            now,
        },
    )
}

pub fn world() -> impl Strategy<Value = World> {
    (policy(), title("t"), title("u"), viewer(), request()).prop_map(
        |(policy, t, u, viewer, request)| World { policy, titles: vec![t, u], viewer, request },
    )
}

/// Worlds in which little stands in the way, so that many decisions are leaves to watch.
pub fn kind_world() -> impl Strategy<Value = World> {
    world().prop_map(|mut world| {
        let World { policy, titles, viewer, request } = &mut world;
        viewer.account.status = if request.now % 2 == 0 { "active" } else { "past_due" }.to_owned();
        viewer.max_rating = None;
        policy.fallback_streams = 4;
        policy.fallback_devices = 5;
        request.title = "t".to_owned();
        request.country = Some("SE".to_owned());
        for plan in &mut policy.plans {
            plan.packs.push("p".to_owned());
            plan.device_classes = CLASSES.map(str::to_owned).to_vec();
        }
        for title in titles {
            title.packs.push("p".to_owned());
            for window in &mut title.windows {
                window.territories.push("SE".to_owned());
            }
        }
        world
    })
}
