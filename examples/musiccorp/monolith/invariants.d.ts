export declare const invariants: readonly { readonly name: string; readonly sql: string }[];
