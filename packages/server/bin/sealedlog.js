#!/usr/bin/env node
/** The command `sealedlog`. A file of its own, so that it is there, and executable, before anything is built. */
import '../dist/cli/main.js'
