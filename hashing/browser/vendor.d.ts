declare module "*/mediabunny.min.mjs" {
  export * from "mediabunny";
}

declare module "*/libheif-bundle.mjs" {
  /** Starts libheif; its C functions and `HeifDecoder` hang off the result. */
  export default function startLibheif(): any;
}
