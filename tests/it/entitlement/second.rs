//! The rules once more, straight from the design page: on plain data, slow, and sharing nothing with `src`.

use serde::Serialize;

pub const DAY: i64 = 86_400;

#[derive(Debug, Clone, Serialize)]
pub struct Plan {
    pub id: String,
    pub packs: Vec<String>,
    pub max_height: i64,
    pub ads: bool,
    pub streams: usize,
    pub devices: usize,
    pub device_classes: Vec<String>,
    pub includes: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Policy {
    pub version: String,
    pub past_due_grace_days: i64,
    pub fallback_streams: usize,
    pub fallback_devices: usize,
    pub decision_ttl_s: i64,
    pub plans: Vec<Plan>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Window {
    pub from: i64,
    pub to: i64,
    pub territories: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Title {
    pub id: String,
    pub packs: Vec<String>,
    pub rating: i64,
    pub max_height: i64,
    pub ad_tier: bool,
    pub free: bool,
    pub windows: Vec<Window>,
    pub blackouts: Vec<Window>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Account {
    pub status: String,
    pub since: Option<i64>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Stream {
    pub device: String,
    pub until: Option<i64>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Grant {
    pub id: String,
    pub kind: String,
    pub plan: Option<String>,
    pub title: Option<String>,
    pub from: i64,
    pub to: Option<i64>,
    pub play_window_s: Option<i64>,
    pub first_play_at: Option<i64>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Viewer {
    pub account: Account,
    pub max_rating: Option<i64>,
    pub devices: Vec<String>,
    pub open_streams: Vec<Stream>,
    pub grants: Vec<Grant>,
}

#[derive(Debug, Clone)]
pub struct Request {
    pub title: String,
    pub country: Option<String>,
    pub device_class: String,
    pub device_id: String,
    pub now: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decision {
    pub reasons: Vec<String>,
    pub notices: Vec<String>,
    pub grant: Option<String>,
    pub max_height: Option<i64>,
    pub ads: Option<bool>,
    pub expires_at: Option<i64>,
    pub recheck_at: Option<i64>,
    pub opens_at: Option<i64>,
}

/// A way to watch: its grant, whether with advertisements, height, end.
type Way = (String, bool, i64, i64);

const FOR_EVER: i64 = i64::MAX;

pub fn decide(policy: &Policy, titles: &[Title], viewer: &Viewer, request: &Request) -> Decision {
    let mut decision = Decision::default();
    let now = request.now;
    let mut say = |reason: &str| decision.reasons.push(reason.to_owned());

    // The account.
    let mut grace_end = FOR_EVER;
    match viewer.account.status.as_str() {
        "closed" => say("ACCOUNT_CLOSED"),
        "suspended" => say("ACCOUNT_SUSPENDED"),
        "chargeback" => say("CHARGEBACK"),
        "past_due" => {
            let end = viewer.account.since.map(|since| since + policy.past_due_grace_days * DAY);
            if end.is_none_or(|end| now >= end) {
                say("PAST_DUE");
            } else {
                grace_end = end.unwrap();
                decision.notices.push("PAST_DUE_GRACE".to_owned());
            }
        }
        other => assert_eq!(other, "active"),
    }

    // The title.
    let Some(title) = titles.iter().find(|title| title.id == request.title) else {
        say("TITLE_UNKNOWN");
        return decision;
    };

    // Where and when.
    let mut window_end = FOR_EVER;
    let mut next_blackout = FOR_EVER;
    match &request.country {
        None => say("COUNTRY_UNKNOWN"),
        Some(country) => {
            let here: Vec<&Window> =
                title.windows.iter().filter(|w| w.territories.contains(country)).collect();
            let open = here.iter().filter(|w| w.from <= now && now < w.to);
            let next = here.iter().filter(|w| now < w.from).map(|w| w.from).min();
            if here.is_empty() {
                say("GEO_BLOCKED");
            } else if let Some(end) = open.map(|w| w.to).max() {
                window_end = end;
            } else if let Some(next) = next {
                say("NOT_YET_AVAILABLE");
                decision.opens_at = Some(next);
            } else {
                say("NO_LONGER_AVAILABLE");
            }
            let dark = title.blackouts.iter().filter(|b| b.territories.contains(country));
            let dark: Vec<&Window> = dark.collect();
            if dark.iter().any(|b| b.from <= now && now < b.to) {
                say("BLACKOUT");
            }
            if let Some(from) = dark.iter().map(|b| b.from).filter(|from| now < *from).min() {
                next_blackout = from;
            }
        }
    }

    // The rating.
    if viewer.max_rating.is_some_and(|max| title.rating > max) {
        say("RATING_BLOCKED");
    }

    // The grants.
    let mut ways: Vec<Way> = Vec::new();
    let mut obstacles: Vec<&str> = Vec::new();
    if title.free {
        ways.push(("free".to_owned(), true, title.max_height, FOR_EVER));
    }
    for grant in &viewer.grants {
        let mut parts: Vec<&Plan> = Vec::new();
        if let Some(plan) = &grant.plan {
            let all = included(policy, plan);
            parts.extend(
                all.into_iter().filter(|p| p.packs.iter().any(|pack| title.packs.contains(pack))),
            );
        }
        let is_of_title = grant.title.as_ref() == Some(&title.id);
        if parts.is_empty() && !is_of_title {
            continue;
        }
        let end = end_of(grant);
        if now < grant.from {
            obstacles.push("GRANT_NOT_STARTED");
        } else if now >= end {
            obstacles.push("GRANT_EXPIRED");
        } else if is_of_title {
            ways.push((grant.id.clone(), false, title.max_height, end));
        } else {
            for part in parts {
                let has_class = part.device_classes.contains(&request.device_class);
                let has_place = !part.ads || title.ad_tier;
                if !has_class {
                    obstacles.push("DEVICE_CLASS_BLOCKED");
                }
                if !has_place {
                    obstacles.push("AD_TIER_EXCLUDED");
                }
                if has_class && has_place {
                    let height = part.max_height.min(title.max_height);
                    ways.push((grant.id.clone(), part.ads, height, end));
                }
            }
        }
    }
    ways.sort_by_key(|(id, ads, height, end)| (*ads, -height, -end, id.clone()));
    if ways.is_empty() {
        for reason in
            ["GRANT_NOT_STARTED", "GRANT_EXPIRED", "DEVICE_CLASS_BLOCKED", "AD_TIER_EXCLUDED"]
        {
            if obstacles.contains(&reason) {
                say(reason);
            }
        }
        if obstacles.is_empty() {
            say("NOT_ENTITLED");
        }
    }

    // The limits.
    let mut streams = policy.fallback_streams;
    let mut devices = policy.fallback_devices;
    for grant in &viewer.grants {
        let plan = policy.plans.iter().find(|plan| Some(&plan.id) == grant.plan.as_ref());
        if let Some(plan) = plan
            && grant.from <= now
            && now < end_of(grant)
        {
            streams = streams.max(plan.streams);
            devices = devices.max(plan.devices);
        }
    }
    let mut registered = viewer.devices.clone();
    registered.sort();
    registered.dedup();
    if !registered.contains(&request.device_id) && registered.len() >= devices {
        say("DEVICE_LIMIT");
    }
    let elsewhere = viewer.open_streams.iter().filter(|stream| {
        stream.device != request.device_id && stream.until.is_none_or(|until| now < until)
    });
    if elsewhere.count() >= streams {
        say("STREAM_LIMIT");
    }

    if decision.reasons.is_empty() {
        let (id, ads, height, end) = ways.remove(0);
        let expires = end.min(window_end).min(next_blackout).min(grace_end);
        decision.grant = Some(id);
        decision.ads = Some(ads);
        decision.max_height = Some(height);
        decision.expires_at = Some(expires);
        decision.recheck_at = Some(expires.min(now + policy.decision_ttl_s));
    }
    decision
}

/// A plan and all that it includes.
fn included<'p>(policy: &'p Policy, id: &str) -> Vec<&'p Plan> {
    let Some(plan) = policy.plans.iter().find(|plan| plan.id == id) else { return Vec::new() };
    let mut all = vec![plan];
    for other in &plan.includes {
        all.extend(included(policy, other));
    }
    all
}

fn end_of(grant: &Grant) -> i64 {
    match (grant.first_play_at, grant.play_window_s) {
        (Some(played), Some(window)) => played + window,
        _ => grant.to.unwrap_or(FOR_EVER),
    }
}
