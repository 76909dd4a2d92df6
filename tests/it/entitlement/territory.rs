use usher::entitlement::territory::Country;

#[test]
fn there_are_two_hundred_and_fifty_countries_each_with_its_own_place() {
    let letters = || ('A'..='Z').map(String::from);
    let codes = letters().flat_map(|first| letters().map(move |second| format!("{first}{second}")));
    let found: Vec<(String, u8)> =
        codes.filter_map(|code| Country::number_of(&code).map(|place| (code, place))).collect();
    // ISO 3166-1 has 249; Kosovo is the one that networks name beside them.
    assert_eq!(found.len(), 250);
    for (place, (code, number)) in (0..=u8::MAX).zip(&found) {
        assert_eq!(*number, place, "{code}");
        assert_eq!(Country::of_place(place), Country::parse(code));
    }
    assert_eq!(found[0].0, "AD");
    assert_eq!(found[249].0, "ZW");
    assert!(found.iter().any(|(code, _)| code == "XK"));
}

#[test]
fn what_is_no_country_has_no_place() {
    for text in [
        "", "S", "SWE", "se", "Se", "UK", "EU", "AA", "ZZ", "XX", "T1", "1A", "[[", "@A", "A\u{c4}",
    ] {
        assert_eq!(Country::parse(text), None, "{text}");
    }
    assert_eq!(Country::of_place(250), None);
    assert_eq!(Country::of_place(255), None);
}
