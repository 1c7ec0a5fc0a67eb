#!/usr/bin/env node
/** The command `sealedlog-verify`, which is the SDK's: whoever installs the server has it too. */
await import(new URL('main.js', import.meta.resolve('@sealedlog/sdk/verifier')).href)
