// The page uses five functions of React; its types would be two more packages.
declare module "react" {
  export const StrictMode: unknown;
  export function createElement(
    type: unknown,
    props: object | null,
    ...children: unknown[]
  ): unknown;
  export function useEffect(effect: () => () => void, dependencies: unknown[]): void;
  export function useRef<Value>(value: Value): { current: Value };
}
declare module "react-dom/client" {
  export function createRoot(place: Element | null): {
    render(tree: unknown): void;
    unmount(): void;
  };
}
