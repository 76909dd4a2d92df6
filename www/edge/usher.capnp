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
    (name = "PUBLIC", service = "public"),
    (name = "MEDIA", service = (name = "edge", entrypoint = "Media")),
  ],
);

const edge :Workerd.Worker = (
  modules = [
    (name = "edge.js", esModule = embed "edge.js"),
    (name = "edge.wasm", wasm = embed "edge.wasm"),
  ],
  compatibilityDate = .date,
  bindings = [
    (name = "TENANT", text = "demo"),
    (name = "CENTRAL", service = "central"),
    # An address such as `https://central.example`; unset, the service above is used.
    (name = "CENTRAL_URL", fromEnvironment = "CENTRAL_URL"),
    (name = "VIEWER", durableObjectNamespace = "Viewer"),
    (name = "ROLLUP", durableObjectNamespace = "Rollup"),
    (name = "MEDIA_REQUESTS", durableObjectNamespace = "MediaRequests"),
  ],
  globalOutbound = "outside",
  durableObjectNamespaces = [
    (className = "Viewer", uniqueKey = "usher-viewer-v1", enableSql = true),
    (className = "Rollup", uniqueKey = "usher-rollup-v1", enableSql = true),
    (className = "MediaRequests", uniqueKey = "usher-media-requests-v1", enableSql = true),
  ],
  durableObjectStorage = (localDisk = "state"),
);

const central :Workerd.Worker = (
  modules = [
    (name = "central.js", esModule = embed "central.js"),
    (name = "office.wasm", wasm = embed "office.wasm"),
  ],
  compatibilityDate = .date,
  bindings = [(name = "CENTRAL", durableObjectNamespace = "Central")],
  durableObjectNamespaces = [
    (className = "Central", uniqueKey = "usher-central-v1", enableSql = true),
  ],
  durableObjectStorage = (localDisk = "state"),
);
