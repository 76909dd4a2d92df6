//! How the media reached the player, as it tells with reports of responses (event `rr`).

use super::report::Response;
use super::row::{self, add};
use crate::base::varint::{Reader, WireError};
use serde::{Deserialize, Serialize};
use tsify::Tsify;

macro_rules! delivery {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Sums over the responses that were reported.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
        #[serde(deny_unknown_fields)]
        pub struct MediaDelivery {
            $($(#[$doc])* pub $name: u64,)*
        }

        impl MediaDelivery {
            /// The sums by name.
            #[must_use]
            pub fn each(&self) -> Vec<(&'static str, u64)> {
                vec![$((stringify!($name), self.$name),)*]
            }

            /// Appends the sums.
            pub fn encode(&self, bytes: &mut Vec<u8>) {
                row::write(bytes, &[$(self.$name,)*]);
            }

            /// Reads what [`MediaDelivery::encode`] wrote.
            ///
            /// # Errors
            /// [`WireError`].
            pub fn decode(reader: &mut Reader<'_>) -> Result<Self, WireError> {
                let mut sums = [$({ stringify!($name); 0 },)*];
                row::read(reader, 0, &mut sums)?;
                let [$($name,)*] = sums;
                Ok(Self { $($name,)* })
            }
        }
    };
}

delivery! {
    /// Responses.
    requests,
    /// Responses with a status of 400 or more, and requests without any answer.
    failed_requests,
    /// Bytes of the responses whose bitrate and duration were told: bitrate times duration, as good as
    /// the manifest knows it.
    bytes,
    /// Responses that `bytes` counts.
    sized_requests,
    /// Time to the first byte, summed.
    ttfb_ms,
    /// Responses that `ttfb_ms` counts; a time that cannot be true is left out.
    ttfb_requests,
    /// Time to the last byte, summed.
    ttlb_ms,
    /// Responses that `ttlb_ms` counts.
    ttlb_requests,
}

impl MediaDelivery {
    /// Counts one response.
    pub fn count(&mut self, response: &Response) {
        add(&mut self.requests, 1);
        if response.status == 0 || response.status >= 400 {
            add(&mut self.failed_requests, 1);
        }
        for (value, sum, count) in [
            (response.bytes, &mut self.bytes, &mut self.sized_requests),
            (response.ttfb_ms, &mut self.ttfb_ms, &mut self.ttfb_requests),
            (response.ttlb_ms, &mut self.ttlb_ms, &mut self.ttlb_requests),
        ] {
            if let Some(value) = value {
                add(sum, value);
                add(count, 1);
            }
        }
    }
}
