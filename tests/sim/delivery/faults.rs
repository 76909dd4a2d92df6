//! What can go wrong, how often it does in one session, and how often it did.

use super::random::Random;

macro_rules! faults {
    ($($(#[doc = $text:literal])* $name:ident,)*) => {
        /// One kind of fault.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Fault { $($(#[doc = $text])* $name,)* }

        impl Fault {
            /// The kinds, each with its name.
            pub const ALL: &[(Fault, &str)] = &[$((Fault::$name, stringify!($name)),)*];
        }
    };
}

faults! {
    /// A request of a player never reaches the edge.
    RequestLost,
    /// It reaches the edge twice.
    RequestTwice,
    /// It reaches the edge after others that were sent later.
    RequestLate,
    /// Its answer never reaches the player.
    AnswerLost,
    /// The answer comes after the player has given up.
    AnswerLate,
    /// It goes through the other edge worker.
    OtherEdge,
    /// The edge worker dies in the middle of a request.
    EdgeCrash,
    /// The edge is away for a while: 503 or no answer.
    EdgeOutage,
    /// 429 with Retry-After.
    TooMany,
    /// 413 for what an intermediary holds too large.
    TooLarge,
    /// 400 for every body that holds a certain view.
    Poison,
    /// A tab dies without a word.
    TabCrash,
    /// A tab is duplicated, with its storage.
    TabTwice,
    /// A page load that finds the storage of the device gone.
    StorageLost,
    /// A crash of the device after which its storage is an earlier one.
    StorageRolledBack,
    /// A crash of the device in the middle of a write.
    StorageTorn,
    /// The storage takes nothing: full, or private.
    StorageFull,
    /// The wall clock of the device jumps.
    WallJump,
    /// The clock of the edge jumps.
    ServerJump,
    /// The device is offline for minutes to hours.
    Offline,
    /// The device is away for longer than what is kept.
    Aged,
    /// The viewer withdraws consent.
    OptOut,
    /// The operator erases the viewer while devices still send.
    Erasure,
    /// The `Viewer` object dies between two steps.
    ViewerCrash,
    /// The `Rollup` object dies between two steps.
    RollupCrash,
    /// The centre dies between two steps.
    CentreCrash,
    /// A call from object to object fails before it arrives.
    CallLost,
    /// It arrives and its answer does not.
    CallAnswerLost,
    /// It arrives after others that were made later.
    CallLate,
    /// A batch never reaches the centre.
    BatchLost,
    /// It reaches the centre twice.
    BatchTwice,
    /// It reaches the centre late.
    BatchLate,
    /// Its body is cut off or changed on the way.
    BatchTorn,
    /// Its answer never reaches the shard.
    BatchAnswerLost,
    /// The centre is away for a while, or asks for silence.
    CentreOutage,
    /// 413 for what an intermediary before the centre holds too large.
    BatchTooLarge,
    /// 422 for every batch that holds a certain view.
    BatchPoison,
    /// An intermediary before the centre refuses empty bodies for a while.
    VoidRefused,
    /// The storage of a shard is lost when nothing waits in it.
    ShardLost,
}

/// How many kinds there are.
pub const KINDS: usize = Fault::ALL.len();

/// The dice of one session.
#[derive(Debug, Clone)]
pub struct Faults {
    permille: [u64; KINDS],
    counts: [u64; KINDS],
    /// Faults end before the session does.
    active: bool,
}

impl Faults {
    /// Each kind is left out of half of the sessions, so that a rare one is also seen without noise.
    pub fn new(random: &mut Random) -> Self {
        let intensity = random.pick(&[1, 2, 4]);
        let mut permille = [0; KINDS];
        for (fault, _) in Fault::ALL {
            if random.percent(50) {
                permille[*fault as usize] = usual_permille(*fault) * intensity / 2;
            }
        }
        Self { permille, counts: [0; KINDS], active: true }
    }

    pub fn happens(&mut self, fault: Fault, random: &mut Random) -> bool {
        let permille = self.permille[fault as usize];
        let happens = self.active && permille > 0 && random.below(1_000) < permille;
        if happens {
            self.count(fault);
        }
        happens
    }

    pub fn count(&mut self, fault: Fault) {
        self.counts[fault as usize] += 1;
    }

    pub fn end(&mut self) {
        self.active = false;
    }

    pub fn counts(&self) -> &[u64; KINDS] {
        &self.counts
    }
}

/// In thousandths of the occasions: a request, a step, a reading, or the session.
fn usual_permille(fault: Fault) -> u64 {
    match fault {
        Fault::RequestLost | Fault::RequestTwice | Fault::AnswerLost => 100,
        Fault::RequestLate | Fault::AnswerLate | Fault::OtherEdge => 80,
        Fault::EdgeCrash | Fault::TooMany => 30,
        Fault::EdgeOutage | Fault::CentreOutage => 200,
        Fault::TooLarge | Fault::BatchTooLarge | Fault::VoidRefused => 150,
        Fault::Poison | Fault::BatchPoison | Fault::Erasure | Fault::ShardLost => 80,
        // Every reading is an occasion.
        Fault::TabCrash | Fault::TabTwice => 12,
        Fault::StorageFull | Fault::Aged => 40,
        Fault::StorageLost | Fault::StorageRolledBack | Fault::StorageTorn => 8,
        Fault::WallJump | Fault::ServerJump => 10,
        Fault::Offline | Fault::OptOut => 5,
        Fault::ViewerCrash | Fault::RollupCrash | Fault::CentreCrash => 40,
        Fault::CallLost | Fault::CallAnswerLost | Fault::CallLate => 80,
        Fault::BatchLost | Fault::BatchTwice | Fault::BatchLate => 100,
        Fault::BatchTorn => 60,
        Fault::BatchAnswerLost => 100,
    }
}
