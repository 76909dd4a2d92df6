mod account;
#[cfg(feature = "office")]
mod asset_state;
mod cases;
mod catalogue;
mod catalogue_json;
#[cfg(feature = "office")]
mod coupon_grant;
mod decide;
mod decision;
mod device;
mod explanation;
mod generated;
mod grant;
mod lease;
mod listing;
mod plan;
mod policy;
mod reason;
mod receipt;
mod request;
mod rights;
mod second;
mod stream;
mod territory;
mod title;
mod viewer;
mod world;
