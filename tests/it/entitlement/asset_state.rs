use usher::base::refusal::Code;
use usher::entitlement::asset_state::{AssetState, check_move};

#[test]
fn an_asset_goes_from_ingest_to_retired_and_back_to_ready_only() {
    let names = AssetState::ALL.map(AssetState::name);
    assert_eq!(names, ["ingest", "ready", "published", "retired"]);
    let open = [
        ("ingest", "ready"),
        ("ready", "published"),
        ("published", "retired"),
        ("retired", "ready"),
    ];
    for from in names {
        for to in names {
            let is_open = from == to || open.contains(&(from, to));
            let moved = check_move(Some(from), to);
            assert_eq!(moved.is_ok(), is_open, "{from} -> {to}");
            if let Err(refusal) = moved {
                assert_eq!(
                    (refusal.code, refusal.field.as_deref()),
                    (Code::AssetState, Some("state"))
                );
            }
        }
    }
}

#[test]
fn a_new_title_may_begin_in_any_state_and_in_no_other() {
    for state in AssetState::ALL {
        assert_eq!(check_move(None, state.name()), Ok(()));
    }
    for (from, to) in
        [(None, "live"), (Some("ready"), "Published"), (Some("live"), "ready"), (None, "")]
    {
        let refusal = check_move(from, to).unwrap_err();
        assert_eq!((refusal.code, refusal.field.as_deref()), (Code::InvalidValue, Some("state")));
    }
}
