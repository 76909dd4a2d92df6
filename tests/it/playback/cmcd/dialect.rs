use usher::playback::cmcd::dialect::Dialect;

#[test]
fn a_player_has_a_dialect_or_is_unknown() {
    let check = |player, expected| assert_eq!(Dialect::of_player(player), expected);
    check(None, Some(Dialect::Standard));
    check(Some("hls.js"), Some(Dialect::Standard));
    check(Some("dash.js"), Some(Dialect::Standard));
    check(Some("shaka-player"), Some(Dialect::Shaka));
    check(Some("other"), None);
    for dialect in [Dialect::Standard, Dialect::Shaka] {
        assert_eq!(Dialect::of_code(dialect.code()), Some(dialect));
    }
    assert_eq!(Dialect::of_code(2), None);
}
