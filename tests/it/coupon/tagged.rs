use base64ct::{Base64UrlUnpadded, Encoding};
use proptest::prelude::*;
use std::collections::HashSet;
use usher::coupon::code::{ALPHABET, Code, Kind};
use usher::coupon::tagged::{
    MINTED_PER_CALL_MAX, MintError, SERIALS, TagKeys, TagKeysError, Tagged,
};
use usher::token::keyring::KeyringError;

fn key(slot: &str, byte: u8) -> String {
    format!("{slot}:{}", Base64UrlUnpadded::encode_string(&[byte; 32]))
}

fn minted(keys: &TagKeys, first: u32, count: u32) -> Vec<Code> {
    let lines = keys.mint(first, count).unwrap();
    lines.split(|byte| *byte == b'\n').map(|line| Code::parse(line).unwrap()).collect()
}

#[test]
fn what_is_minted_verifies_as_what_it_is() {
    let keys = TagKeys::parse(&key("5", 1)).unwrap();
    assert_eq!(keys.minting_slot(), 5);
    for first in [0, 1000, SERIALS - 3] {
        for (code, serial) in minted(&keys, first, 3).iter().zip(first..) {
            assert_eq!(code.kind(), Kind::Tagged);
            let tagged = keys.verify(code).unwrap();
            assert_eq!(tagged, Tagged { slot: 5, serial });
            assert_eq!(tagged.number(), 5 * SERIALS + serial);
        }
    }
}

#[test]
fn the_first_key_mints_and_all_verify() {
    let (old, new) = (key("0", 1), key("7", 2));
    let before = TagKeys::parse(&old).unwrap();
    let both = TagKeys::parse(&format!("{new},{old}")).unwrap();
    let of_old = &minted(&before, 9, 1)[0];
    assert_eq!(both.verify(of_old), Some(Tagged { slot: 0, serial: 9 }));
    assert_eq!(both.verify(&minted(&both, 9, 1)[0]), Some(Tagged { slot: 7, serial: 9 }));
    // A key that went takes its codes with it, and another key in its slot has not made them.
    assert_eq!(TagKeys::parse(&new).unwrap().verify(of_old), None);
    assert_eq!(TagKeys::parse(&key("0", 3)).unwrap().verify(of_old), None);
}

#[test]
fn codes_are_all_different_and_show_no_order() {
    let codes = minted(&TagKeys::parse(&key("3", 1)).unwrap(), 0, 2000);
    assert_eq!(codes.iter().collect::<HashSet<_>>().len(), 2000);
    // The second to fifth symbols hold most of the masked serial: of an order, neighbours would share them.
    let alike = codes.windows(2).filter(|two| two[0].as_str()[1..4] == two[1].as_str()[1..4]);
    assert!(alike.count() < 10);
}

#[test]
fn only_tagged_codes_verify() {
    let keys = TagKeys::parse(&key("0", 1)).unwrap();
    for other in ["SUMMER", "0000000000000", "00000000000000"] {
        assert_eq!(keys.verify(&Code::parse(other).unwrap()), None);
    }
}

#[test]
fn a_range_stays_within_its_limits() {
    let keys = TagKeys::parse(&key("0", 1)).unwrap();
    assert_eq!(keys.mint(0, 0), Err(MintError::Count));
    assert_eq!(keys.mint(0, MINTED_PER_CALL_MAX + 1), Err(MintError::Count));
    assert!(keys.mint(SERIALS - 1, 1).is_ok());
    assert_eq!(keys.mint(SERIALS - 1, 2), Err(MintError::Serial));
    assert_eq!(keys.mint(u32::MAX, 2), Err(MintError::Serial));
}

#[test]
fn keys_have_slots_from_0_to_7() {
    let error = |text: &str| TagKeys::parse(text).err();
    assert_eq!(error(&key("7", 1)), None);
    for slot in ["8", "00", "a", "-"] {
        assert_eq!(error(&key(slot, 1)), Some(TagKeysError::Slot));
    }
    assert_eq!(error(""), Some(TagKeysError::Keyring(KeyringError::Empty)));
    assert_eq!(error("0:abc"), Some(TagKeysError::Keyring(KeyringError::Key)));
}

#[test]
fn a_code_is_the_same_in_every_version() {
    // Minted codes are printed: what made them may not change.
    let codes = minted(&TagKeys::parse(&key("3", 7)).unwrap(), 0, 2);
    assert_eq!(
        codes.iter().map(Code::as_str).collect::<Vec<_>>(),
        ["EZQ8A9E2X09CT3", "DES32PQFW685VD"]
    );
}

proptest! {
    #[test]
    fn any_changed_symbol_is_refused(serial in 0..SERIALS, at in 0_usize..14, second in 0_usize..13, symbols in any::<[u8; 2]>()) {
        let keys = TagKeys::parse(&format!("{},{}", key("1", 1), key("6", 6))).unwrap();
        let right = minted(&keys, serial, 1).remove(0);
        prop_assert_eq!(keys.verify(&right), Some(Tagged { slot: 1, serial }));
        // One change breaks the check symbol; of two, some do not.
        let mut changed = right.as_bytes().to_vec();
        changed[at] = ALPHABET[usize::from(symbols[0] & 31)];
        changed[second] = ALPHABET[usize::from(symbols[1] & 31)];
        for check in ALPHABET {
            changed[13] = *check;
            if let Ok(code) = Code::parse(&changed) && code != right {
                prop_assert_eq!(keys.verify(&code), None);
            }
        }
    }
}
