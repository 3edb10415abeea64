export declare const measures: readonly { readonly name: string; readonly sql: string }[];
