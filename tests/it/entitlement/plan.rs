use super::world::{ask, document, reasons, viewer};
use serde_json::json;
use usher::entitlement::plan::DeviceClass;

#[test]
fn every_class_has_its_word_and_its_number() {
    for (place, class) in (0..).zip(DeviceClass::ALL) {
        let word = DeviceClass::WORDS[class as usize];
        assert_eq!(DeviceClass::of_place(place), Some(class));
        assert_eq!(DeviceClass::number_of(word), Some(class as u8));
    }
    assert_eq!(DeviceClass::of_place(4), None);
    assert_eq!(DeviceClass::of_place(u64::MAX), None);
    assert_eq!(DeviceClass::number_of("TV"), None);
}

#[test]
fn a_plan_is_for_the_classes_that_it_names() {
    for allowed in DeviceClass::WORDS {
        let mut document = document();
        document["policy"]["plans"][0]["device_classes"] = json!([allowed, allowed]);
        for class in DeviceClass::WORDS {
            let mut request = ask(1500);
            request.device_class = class.to_owned();
            assert_eq!(reasons(&document, &viewer(), &request).is_empty(), class == allowed);
        }
    }
}
