use super::reason::REASONS;
use usher::coupon::decision::Parameter;
use usher::coupon::reason::Reason;
use usher::coupon::reason_text::{Language, customer_text, operator_text};

fn text(reason: Reason, parameters: &[(&str, &str)], language: Language) -> String {
    let of =
        |(name, value): &(&str, &str)| Parameter { name: (*name).into(), value: (*value).into() };
    operator_text(reason, &parameters.iter().map(of).collect::<Vec<_>>(), language)
}

#[test]
fn parameters_stand_in_their_places_and_instants_can_be_read() {
    let used = [("used", "3"), ("limit", "3")];
    assert_eq!(
        text(Reason::LimitReached, &used, Language::En),
        "The coupon was used 3 of 3 times."
    );
    assert_eq!(text(Reason::LimitReached, &used, Language::Es), "El cupón se usó 3 de 3 veces.");
    let ended = [("bound_ms", "1773144000000")];
    assert_eq!(
        text(Reason::Expired, &ended, Language::En),
        "The coupon ended on 2026-03-10 12:00 UTC."
    );
    // A value is never read as a template.
    let scope = [("scope", "{used}")];
    assert!(text(Reason::WrongScope, &scope, Language::En).contains("`{used}`"));
    assert_eq!(text(Reason::LimitReached, &[], Language::En), "The coupon was used ? of ? times.");
}

#[test]
fn every_reason_has_a_sentence_of_its_own_in_both_languages() {
    let mut texts = Vec::new();
    for (reason, name) in REASONS {
        for language in [Language::En, Language::Es] {
            let text = text(reason, &[], language);
            assert!(text.ends_with('.') && !text.contains(['{', '}']), "{name}: {text}");
            assert!(!texts.contains(&text), "{name}: {text}");
            texts.push(text);
        }
    }
}

#[test]
fn the_customer_is_told_one_sentence() {
    assert_eq!(customer_text(Language::En), "This code cannot be used for this purchase.");
    assert_eq!(customer_text(Language::Es), "Este código no se puede usar en esta compra.");
}
