/** Loaded into the functions' processes before anything else. */
import { bringSecret } from './bring-secret.ts';

const { LOCAL_CLOUD_SECRET: secret, LOCAL_CLOUD_HOSTS: hosts } = process.env;
if (secret !== undefined && hosts !== undefined) bringSecret(secret, hosts.split(','));
