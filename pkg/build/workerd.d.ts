/** The npm package brings no types. It is CommonJS with a `default` of its own: the path of the program. */
declare module "workerd" {
  const exports: { default: string; version: string };
  export default exports;
}
