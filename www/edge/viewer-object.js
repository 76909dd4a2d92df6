// @ts-check

/**
 * The object of a viewer. It is asked for by its id and not by its name: workerd writes the names of
 * objects that have an alarm into a file, where they stay.
 * @param {import("./edge.js").EdgeEnv} env
 * @param {string} viewer
 */
export function viewerObject({ TENANT, VIEWER }, viewer) {
  const id = VIEWER.idFromName(`${TENANT}/${viewer}`);
  return VIEWER.get(VIEWER.idFromString(String(id)));
}
