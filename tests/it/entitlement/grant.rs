use super::world::{ask, decided, document, open, reasons, rights, viewer};
use serde_json::{Value, json};
use usher::base::refusal::Code;
use usher::entitlement::grant::GrantKind;

fn holding(grant: Value) -> Value {
    let mut viewer = viewer();
    viewer["grants"] = json!([grant]);
    viewer
}

#[test]
fn every_kind_is_of_what_it_is_of() {
    let catalogue = open(&document()).unwrap();
    for (place, kind) in (0..).zip(GrantKind::WORDS) {
        let is_of = [
            (json!("basic"), Value::Null, matches!(kind, "plan" | "trial" | "coupon")),
            (Value::Null, json!("film"), matches!(kind, "purchase" | "rental" | "coupon")),
            (json!("basic"), json!("film"), false),
            (Value::Null, Value::Null, false),
        ];
        for (plan, title, is_right) in is_of {
            let grant =
                json!({ "id": "g", "kind": kind, "plan": plan, "title": title, "from": 1000 });
            let read = rights(&catalogue, &holding(grant));
            assert_eq!(read.is_ok(), is_right, "{kind}");
            if let Err(refusal) = read {
                let found = (refusal.code, refusal.field.as_deref());
                assert_eq!(found, (Code::InvalidValue, Some("grants[0].kind")));
            }
        }
        for played in ["play_window_s", "first_play_at"] {
            let mut grant = json!({ "id": "g", "kind": kind, "from": 1000 });
            let of = if matches!(kind, "plan" | "trial") { "plan" } else { "title" };
            grant[of] = json!("film");
            grant[played] = json!(1000);
            assert_eq!(rights(&catalogue, &holding(grant)).is_ok(), kind == "rental", "{kind}");
        }
        assert_eq!(GrantKind::of_place(place) as u64, place);
    }
}

#[test]
fn a_grant_of_a_plan_or_a_title_that_nobody_has_covers_nothing() {
    for grant in [
        json!({ "id": "g", "kind": "plan", "plan": "gone", "from": 1000 }),
        json!({ "id": "g", "kind": "purchase", "title": "gone", "from": 1000 }),
        // A plan's name is no title's.
        json!({ "id": "g", "kind": "purchase", "title": "basic", "from": 1000 }),
        json!({ "id": "g", "kind": "plan", "plan": "film", "from": 1000 }),
        // A pack's and the policy's names are no plans'.
        json!({ "id": "g", "kind": "plan", "plan": "series", "from": 1000 }),
        json!({ "id": "g", "kind": "plan", "plan": "p", "from": 1000 }),
    ] {
        assert_eq!(reasons(&document(), &holding(grant), &ask(1500)), ["NOT_ENTITLED"]);
    }
}

#[test]
fn a_rental_ends_its_play_window_after_its_first_play() {
    let rental = |played: Value, window: Value| {
        holding(json!({
            "id": "r", "kind": "rental", "title": "film", "from": 1000, "to": 1400,
            "first_play_at": played, "play_window_s": window,
        }))
    };
    let rows = [
        (Value::Null, json!(100), 1400),
        (json!(1350), json!(100), 1450),
        (json!(1100), json!(100), 1200),
        // Without a window it can be played as long as it can be begun.
        (json!(1350), Value::Null, 1400),
        (json!(1350), json!(0), 1350),
    ];
    for (played, window, end) in rows {
        let viewer = rental(played, window);
        assert_eq!(decided(&document(), &viewer, &ask(end - 1)).expires_at, Some(end));
        assert_eq!(reasons(&document(), &viewer, &ask(end)), ["GRANT_EXPIRED"]);
    }
    let early = rental(json!(900), json!(500));
    assert_eq!(reasons(&document(), &early, &ask(999)), ["NOT_YET_AVAILABLE", "GRANT_NOT_STARTED"]);
    assert!(reasons(&document(), &early, &ask(1399)).is_empty());
}

#[test]
fn a_grant_that_ends_before_it_begins_is_never_live() {
    let viewer =
        holding(json!({ "id": "g", "kind": "plan", "plan": "basic", "from": 1600, "to": 1400 }));
    for (now, reason) in
        [(1399, "GRANT_NOT_STARTED"), (1500, "GRANT_NOT_STARTED"), (1600, "GRANT_EXPIRED")]
    {
        assert_eq!(reasons(&document(), &viewer, &ask(now)), [reason]);
    }
}

#[test]
fn a_coupon_of_a_plan_gives_the_plan_s_limits_and_one_of_a_title_none() {
    let coupon = |of: &str, name: &str| {
        let mut grant = json!({ "id": "c", "kind": "coupon", "from": 1000, "to": 2000 });
        grant[of] = json!(name);
        let catalogue = open(&document()).unwrap();
        rights(&catalogue, &holding(grant)).unwrap().limits(1500)
    };
    assert_eq!(coupon("plan", "basic"), (2, 2));
    assert_eq!(coupon("title", "film"), (1, 1));
}

#[test]
fn two_grants_may_share_a_name() {
    let mut viewer = viewer();
    let grant = viewer["grants"][0].clone();
    viewer["grants"] = json!([grant, grant]);
    assert_eq!(decided(&document(), &viewer, &ask(1500)).grant.as_deref(), Some("g"));
}
