# Everything on one machine in one process: pages, edge and central API at one port.
#
# Run in the folder that holds this file, beside the built workers and `public/`:
#
#   workerd serve usher.capnp --socket-addr=http=127.0.0.1:8787 --directory-path=state=DIR
#
# What survives a crash: each object is a SQLite file below DIR/<uniqueKey>/, and the alarms of a
# namespace are rows of DIR/<uniqueKey>/metadata.sqlite. workerd reads those when it starts, so an alarm
# that was due while the process was dead rings at once, without any request. Both were tried with
# kill -9 (tests/edge/crash.test.mjs). Let the old process end before the next one starts: two of them
# on one folder is not supported.

using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "demo", worker = .demo),
    (name = "edge", worker = .edge),
    (name = "central", worker = .central),
    (name = "coupons", worker = .coupons),
    (name = "catalogue", worker = .catalogue),
    (name = "public", disk = (path = "public")),
    (name = "state", disk = (path = "state", writable = true)),
    # Where the edge may call: a central API elsewhere, named by CENTRAL_URL, may stand in the same
    # private network.
    ( name = "outside",
      network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true)) ),
  ],
  sockets = [(name = "http", address = "127.0.0.1:8787", http = (), service = "demo")],
);

const date :Text = "2026-11-01";

const demo :Workerd.Worker = (
  modules = [(name = "demo.js", esModule = embed "demo.js")],
  compatibilityDate = .date,
  bindings = [
    (name = "EDGE", service = "edge"),
    (name = "CENTRAL", service = "central"),
    (name = "COUPONS", service = "coupons"),
    (name = "CATALOGUE", service = "catalogue"),
    (name = "PUBLIC", service = "public"),
    (name = "MEDIA", service = (name = "edge", entrypoint = "Media")),
    (name = "OPERATOR_KEY", fromEnvironment = "OPERATOR_KEY"),
    # By which a page verifies an offer, and whose it must be.
    (name = "COUPON_PUBLIC_KEYS", fromEnvironment = "COUPON_PUBLIC_KEYS"),
    # The edge's: the page of the demo may play to be in another country.
    (name = "COUNTRY_HEADER", fromEnvironment = "COUNTRY_HEADER"),
    (name = "TENANT", text = "demo"),
  ],
);

const edge :Workerd.Worker = (
  modules = [
    (name = "edge.js", esModule = embed "edge.js"),
    (name = "edge.wasm", wasm = embed "edge.wasm"),
    (name = "rights.wasm", wasm = embed "rights.wasm"),
    # What players report about themselves; instantiated when the first report comes.
    (name = "collector.wasm", wasm = embed "collector.wasm"),
  ],
  compatibilityDate = .date,
  bindings = [
    (name = "TENANT", text = "demo"),
    (name = "CENTRAL", service = "central"),
    # An address such as `https://central.example`; unset, the service above is used.
    (name = "CENTRAL_URL", fromEnvironment = "CENTRAL_URL"),
    # What the central API asks senders of batches for, if it does.
    (name = "BATCH_KEY", fromEnvironment = "BATCH_KEY"),
    # Further destinations, as a JSON array (settings.js); the length of windows and how long they wait after their end.
    (name = "SINKS", fromEnvironment = "SINKS"),
    (name = "WINDOW_SECONDS", fromEnvironment = "WINDOW_SECONDS"),
    (name = "WINDOW_GRACE_SECONDS", fromEnvironment = "WINDOW_GRACE_SECONDS"),
    # `kid:base64url[,kid:base64url...]`, 32 bytes or more each: the first signs session tokens, all verify.
    (name = "SESSION_KEYS", fromEnvironment = "SESSION_KEYS"),
    # `allowed` takes views without a token: for development and tests.
    (name = "UNSIGNED_VIEWS", fromEnvironment = "UNSIGNED_VIEWS"),
    # What an operator's own programs show, as `Authorization: Bearer`; unset, nothing is shown to them.
    (name = "OPERATOR_KEY", fromEnvironment = "OPERATOR_KEY"),
    # Under which the names of viewers are sealed in the stores, 16 bytes or more, the same for ever; unset,
    # they are only disguised.
    (name = "TENANT_KEY", fromEnvironment = "TENANT_KEY"),
    # The header in which the network in front says where a request comes from; `cf-ipcountry` if unset.
    (name = "COUNTRY_HEADER", fromEnvironment = "COUNTRY_HEADER"),
    # How often a viewer and an address may ask: see throttle.js.
    (name = "VIEWER_REQUESTS_PER_SECOND", fromEnvironment = "VIEWER_REQUESTS_PER_SECOND"),
    (name = "ADDRESS_REQUESTS_PER_SECOND", fromEnvironment = "ADDRESS_REQUESTS_PER_SECOND"),
    # How long what is kept, in days: see retention.js.
    (name = "RETENTION_DAYS_STATES", fromEnvironment = "RETENTION_DAYS_STATES"),
    (name = "RETENTION_DAYS_QUARANTINE", fromEnvironment = "RETENTION_DAYS_QUARANTINE"),
    (name = "RETENTION_DAYS_CLOCKS", fromEnvironment = "RETENTION_DAYS_CLOCKS"),
    (name = "RETENTION_DAYS_TOMBSTONES", fromEnvironment = "RETENTION_DAYS_TOMBSTONES"),
    (name = "RETENTION_DAYS_DEVICES", fromEnvironment = "RETENTION_DAYS_DEVICES"),
    (name = "VIEWER", durableObjectNamespace = "Viewer"),
    (name = "ROLLUP", durableObjectNamespace = "Rollup"),
    (name = "MEDIA_REQUESTS", durableObjectNamespace = "MediaRequests"),
    # Where signed knowledge of coupons comes from, whose signatures are taken (`kid:base64url[,...]`), the keys
    # of tagged codes (`slot:base64url[,...]`), and after how many seconds it is asked again; 30 if unset.
    (name = "COUPONS", service = "coupons"),
    (name = "COUPON_PUBLIC_KEYS", fromEnvironment = "COUPON_PUBLIC_KEYS"),
    (name = "COUPON_KEYS", fromEnvironment = "COUPON_KEYS"),
    (name = "KNOWLEDGE_SECONDS", fromEnvironment = "KNOWLEDGE_SECONDS"),
    # How many codes of an account or a device, and of an address, may be refused: see coupon-throttle.js.
    (name = "COUPON_FAILURES_PER_HOUR", fromEnvironment = "COUPON_FAILURES_PER_HOUR"),
    (name = "COUPON_ADDRESS_FAILURES_PER_HOUR", fromEnvironment = "COUPON_ADDRESS_FAILURES_PER_HOUR"),
    # Where the signed catalogue, keyset and deny list come from, and whose signatures are taken (`kid:base64url[,...]`).
    (name = "CATALOGUE", service = "catalogue"),
    (name = "CATALOGUE_PUBLIC_KEYS", fromEnvironment = "CATALOGUE_PUBLIC_KEYS"),
    # `kid:base64url[,kid:base64url...]`, 32 bytes or more each: the first signs media tokens (CAT), all verify.
    (name = "CAT_KEYS", fromEnvironment = "CAT_KEYS"),
    # The same, of the receipts of decisions.
    (name = "RECEIPT_KEYS", fromEnvironment = "RECEIPT_KEYS"),
    # How rights are enforced when something is away: see rights/settings.js.
    (name = "RIGHTS", fromEnvironment = "RIGHTS"),
    # Where the files of titles lie, below `/films/`.
    (name = "MEDIA_ORIGIN", service = "public"),
    (name = "COUPON_THROTTLE", durableObjectNamespace = "CouponThrottle"),
    (name = "COUPON_DIRECTORY", durableObjectNamespace = (className = "CouponDirectory", serviceName = "coupons")),
    (name = "COUPON_CODES", durableObjectNamespace = (className = "CouponCodes", serviceName = "coupons")),
    (name = "COUPON_GROUP", durableObjectNamespace = (className = "CouponGroup", serviceName = "coupons")),
  ],
  globalOutbound = "outside",
  durableObjectNamespaces = [
    (className = "Viewer", uniqueKey = "usher-viewer-v1", enableSql = true),
    (className = "Rollup", uniqueKey = "usher-rollup-v1", enableSql = true),
    (className = "MediaRequests", uniqueKey = "usher-media-requests-v1", enableSql = true),
    (className = "CouponThrottle", uniqueKey = "usher-coupon-throttle-v1", enableSql = true),
  ],
  durableObjectStorage = (localDisk = "state"),
);

const central :Workerd.Worker = (
  modules = [
    (name = "central.js", esModule = embed "central.js"),
    (name = "office.wasm", wasm = embed "office.wasm"),
  ],
  compatibilityDate = .date,
  bindings = [
    (name = "CENTRAL", durableObjectNamespace = "Central"),
    (name = "OPERATOR_KEY", fromEnvironment = "OPERATOR_KEY"),
    # What senders of batches show; unset, anybody may send them.
    (name = "BATCH_KEY", fromEnvironment = "BATCH_KEY"),
    # Under which viewers are known in the store, 16 bytes or more, the same for ever; unset, the store
    # makes one and keeps it.
    (name = "TENANT_KEY", fromEnvironment = "TENANT_KEY"),
    # The edge's: the audit log notes their names when they change, never their secrets.
    (name = "SESSION_KEYS", fromEnvironment = "SESSION_KEYS"),
    (name = "UNSIGNED_VIEWS", fromEnvironment = "UNSIGNED_VIEWS"),
    (name = "SINKS", fromEnvironment = "SINKS"),
  ],
  durableObjectNamespaces = [
    (className = "Central", uniqueKey = "usher-central-v1", enableSql = true),
  ],
  durableObjectStorage = (localDisk = "state"),
);

# The operator's catalogue, plans, accounts and grants, and the audit of decisions. Beside the central API, like the
# coupons. It has the module of rights too: what is published is what the edge takes, because the same code reads it.
const catalogue :Workerd.Worker = (
  modules = [
    (name = "catalogue.js", esModule = embed "catalogue.js"),
    (name = "office.wasm", wasm = embed "office.wasm"),
    (name = "rights.wasm", wasm = embed "rights.wasm"),
  ],
  compatibilityDate = .date,
  bindings = [
    (name = "TENANT", text = "demo"),
    (name = "OPERATOR_KEY", fromEnvironment = "OPERATOR_KEY"),
    # Under which the catalogue, keysets and the deny list are signed: `kid:base64url`, a seed of 32 bytes.
    (name = "CATALOGUE_SIGNING_KEY", fromEnvironment = "CATALOGUE_SIGNING_KEY"),
    # Under which the audits name viewers, 16 bytes or more, the same for ever; unset, each makes its own.
    (name = "TENANT_KEY", fromEnvironment = "TENANT_KEY"),
    # Under which session tokens with entitlements are signed, `kid:base64url[,kid:base64url...]`, seeds of 32 bytes, or
    # `kid:ES256:base64url` for a key of P-256 in PKCS #8: the first signs, the keyset names all.
    (name = "ENTITLEMENT_SIGNING_KEYS", fromEnvironment = "ENTITLEMENT_SIGNING_KEYS"),
    (name = "CATALOGUE", durableObjectNamespace = "Catalogue"),
    (name = "ACCOUNTS", durableObjectNamespace = "Accounts"),
    (name = "DECISION_AUDIT", durableObjectNamespace = "DecisionAudit"),
    # Redeemed coupons become grants.
    (name = "COUPON_DIRECTORY", durableObjectNamespace = (className = "CouponDirectory", serviceName = "coupons")),
    (name = "COUPON_CODES", durableObjectNamespace = (className = "CouponCodes", serviceName = "coupons")),
    (name = "COUPON_GROUP", durableObjectNamespace = (className = "CouponGroup", serviceName = "coupons")),
  ],
  durableObjectNamespaces = [
    (className = "Catalogue", uniqueKey = "usher-catalogue-v1", enableSql = true),
    (className = "Accounts", uniqueKey = "usher-accounts-v1", enableSql = true),
    (className = "DecisionAudit", uniqueKey = "usher-decision-audit-v1", enableSql = true),
  ],
  durableObjectStorage = (localDisk = "state"),
);

# The operator's coupons and the objects that consume them. Beside the central API, not in it: who puts their
# own central API in its place keeps the coupons.
const coupons :Workerd.Worker = (
  modules = [
    (name = "coupons.js", esModule = embed "coupons.js"),
    (name = "office.wasm", wasm = embed "office.wasm"),
  ],
  compatibilityDate = .date,
  bindings = [
    (name = "TENANT", text = "demo"),
    (name = "OPERATOR_KEY", fromEnvironment = "OPERATOR_KEY"),
    # Under which knowledge and offers are signed: `kid:base64url`, a seed of 32 bytes.
    (name = "COUPON_SIGNING_KEY", fromEnvironment = "COUPON_SIGNING_KEY"),
    # The keys of tagged codes, `slot:base64url[,slot:base64url...]`: the first makes them, all verify.
    (name = "COUPON_KEYS", fromEnvironment = "COUPON_KEYS"),
    (name = "COUPON_FILTER", durableObjectNamespace = "CouponFilter"),
    (name = "COUPON_DIRECTORY", durableObjectNamespace = "CouponDirectory"),
    (name = "COUPON_CODES", durableObjectNamespace = "CouponCodes"),
    (name = "COUPON_GROUP", durableObjectNamespace = "CouponGroup"),
  ],
  durableObjectNamespaces = [
    (className = "CouponDirectory", uniqueKey = "usher-coupon-directory-v1", enableSql = true),
    (className = "CouponCodes", uniqueKey = "usher-coupon-codes-v1", enableSql = true),
    (className = "CouponGroup", uniqueKey = "usher-coupon-group-v1", enableSql = true),
    (className = "CouponFilter", uniqueKey = "usher-coupon-filter-v1", enableSql = true),
  ],
  durableObjectStorage = (localDisk = "state"),
);
