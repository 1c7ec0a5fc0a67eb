#!/usr/bin/env node
/** The command `sealedlog-verify`. A file of its own, so that it is there, and executable, before anything is built. */
import '../dist/verifier/main.js'
