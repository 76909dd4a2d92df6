use usher::coupon::code_state::{CodeState, CodeUse};

#[test]
fn what_weighs_most_is_where_a_code_stands() {
    let state = |[revoked, confirmed, held, reversed]: [bool; 4]| {
        CodeUse { revoked, confirmed, held, reversed }.state()
    };
    for (of, expected) in [
        ([false, false, false, false], CodeState::Unused),
        ([false, false, false, true], CodeState::Reversed),
        // It was reversed and given to somebody else.
        ([false, false, true, true], CodeState::Held),
        ([false, true, false, true], CodeState::Used),
        ([false, true, true, false], CodeState::Used),
        ([true, true, true, true], CodeState::Revoked),
        ([true, false, false, false], CodeState::Revoked),
    ] {
        assert_eq!(state(of), expected, "{of:?}");
    }
}

#[test]
fn every_state_has_a_name_of_its_own() {
    use CodeState as S;
    let names = [S::Unused, S::Held, S::Used, S::Reversed, S::Revoked].map(S::name);
    assert_eq!(names, ["unused", "held", "used", "reversed", "revoked"]);
}
