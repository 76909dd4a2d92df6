use usher::playback::device::Device;

#[test]
fn a_device_has_a_name_and_a_code() {
    for (code, name) in ["unknown", "desktop", "mobile", "tablet", "tv"].iter().enumerate() {
        let device = Device::of_name(name).unwrap();
        assert_eq!(device.to_code(), code as u64);
        assert_eq!(Device::of_code(code as u64), device);
        assert_eq!(serde_json::to_value(device).unwrap(), *name);
    }
    assert_eq!(Device::of_name("toaster"), None);
    assert_eq!(Device::of_code(5), Device::Unknown);
    assert_eq!(Device::of_code(u64::MAX), Device::Unknown);
}

#[test]
fn a_user_agent_tells_what_kind_of_device_it_is() {
    let check = |header: &str, expected| {
        assert_eq!(Device::of_user_agent(header), expected, "{header}");
    };
    let mozilla = |inside: &str| format!("Mozilla/5.0 ({inside}");
    for (inside, expected) in [
        (
            "Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36",
            Device::Desktop,
        ),
        (
            "Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.1 Safari/605.1.15",
            Device::Desktop,
        ),
        ("X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", Device::Desktop),
        ("X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/142.0.0.0", Device::Desktop),
        (
            "iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Mobile/15E148 Safari/604.1",
            Device::Mobile,
        ),
        (
            "Linux; Android 10; K) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile Safari/537.36",
            Device::Mobile,
        ),
        ("Linux; Android 10; K) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36", Device::Tablet),
        ("iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148", Device::Tablet),
        (
            "Linux; Android 9; AFTMM) AppleWebKit/537.36 Silk/120.1 like Chrome/120.0 Safari/537.36",
            Device::Tv,
        ),
        ("SMART-TV; LINUX; Tizen 7.0) AppleWebKit/537.36 Version/7.0 TV Safari/537.36", Device::Tv),
        (
            "Web0S; Linux/SmartTV) AppleWebKit/537.36 Chrome/108.0.5359.211 Safari/537.36",
            Device::Tv,
        ),
        ("Linux; Android 12; BRAVIA 4K) AppleWebKit/537.36 Chrome/120.0 Safari/537.36", Device::Tv),
        ("PlayStation; PlayStation 5/6.00) AppleWebKit/605.1.15", Device::Tv),
    ] {
        check(&mozilla(inside), expected);
    }
    check("Roku/DVP-12.5 (12.5.0)", Device::Tv);
    check("", Device::Unknown);
    check("curl/8.0", Device::Unknown);
}

#[test]
fn only_the_beginning_of_a_user_agent_is_looked_at() {
    assert_eq!(Device::of_user_agent(&format!("{}iphone", "é".repeat(400))), Device::Unknown);
}
