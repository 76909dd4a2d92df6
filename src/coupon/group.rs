//! A coupon group: what an operator bundles coupons by, and what is consumed in one place.

use crate::base::id::check_name;
use crate::base::plain::json;
use crate::base::refusal::{Code, Refusal};
use serde::{Deserialize, Serialize};
use tsify::Tsify;

/// Objects that the codes of a group may be spread over.
pub const GROUP_SHARDS_MAX: u32 = 16;

/// What a group of coupons is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// A campaign.
    Marketing,
    /// Thanks for something, such as loyalty.
    Reward,
    /// For people of the house.
    Internal,
    /// To make good for something.
    Support,
    /// Codes that somebody else hands out.
    Partner,
    /// None of these.
    Other,
}

/// What an operator says of a new group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct GroupDraft {
    /// For people, 1 to 200 bytes.
    pub name: String,
    /// What it is for.
    pub purpose: Purpose,
    /// Objects over which the codes are spread, 1 to [`GROUP_SHARDS_MAX`]; it cannot be changed later.
    #[serde(default = "one")]
    pub shards: u32,
}

fn one() -> u32 {
    1
}

impl GroupDraft {
    /// Reads the JSON of a new group and checks it.
    ///
    /// # Errors
    /// A [`Refusal`] that names the field.
    pub fn from_json(text: &[u8]) -> Result<Self, Refusal> {
        let draft: Self = json::read(text)?;
        check_name(&draft.name).map_err(|e| Refusal::of_id(e, "name"))?;
        if !(1..=GROUP_SHARDS_MAX).contains(&draft.shards) {
            let message = format!("`{}` shards, expected 1 to {GROUP_SHARDS_MAX}", draft.shards);
            return Err(Refusal::at(Code::InvalidValue, "shards", message));
        }
        Ok(draft)
    }
}
