/** Where things are unless somebody says otherwise: names and addresses that the server and its command line share. */

export const DEFAULT_HOST = '127.0.0.1'
export const DEFAULT_PORT = 4000
export const DEFAULT_WITNESS_PORT = 4001

/** The files of a data folder that are not the store's own. */
export const INDEX_FOLDER = 'index'
export const SEED_FILE = 'signing.key'
export const ROOT_KEY_FILE = 'root.key'
