use super::generated::{kind_world, world};
use super::world::{numbers, open, rights, words};
use proptest::prelude::*;
use usher::entitlement::listing::{HEAD, list};
use usher::entitlement::reason::EntitlementReason;
use usher::entitlement::request::Request;

fn check(world: &super::generated::World) -> Result<(), TestCaseError> {
    let viewer = world.viewer();
    let rights = rights(&open(&world.document()).unwrap(), &viewer).unwrap();
    let request = numbers(&rights, &world.request);
    let found = list(&rights, &request);
    let (head, allowed) = found.split_at(HEAD);
    let mut counts = [0_u64; EntitlementReason::ALL.len()];
    let mut expected = Vec::new();
    let mut until = world.request.now + world.policy.decision_ttl_s;
    for place in 0..u32::try_from(rights.catalogue().len()).unwrap() {
        let verdict = rights.decide(&Request { title: Some(place), ..request });
        let told = words(&verdict, &viewer);
        if let (Some(height), Some(ads)) = (told.max_height, told.ads) {
            expected
                .extend([u64::from(place), u64::try_from(2 * height).unwrap() + u64::from(ads)]);
        }
        for reason in verdict.reasons.iter() {
            counts[reason as usize] += 1;
        }
        for change in [told.recheck_at, told.opens_at].into_iter().flatten() {
            until = until.min(change);
        }
    }
    prop_assert_eq!(allowed, expected);
    prop_assert_eq!(&head[1..], counts);
    prop_assert_eq!(head[0], u64::try_from(until).unwrap());
    Ok(())
}

proptest! {
    #[test]
    fn the_list_of_all_titles_says_what_each_decision_says(world in world()) {
        check(&world)?;
    }

    #[test]
    fn so_does_one_on_which_many_titles_stand(world in kind_world()) {
        check(&world)?;
    }
}
