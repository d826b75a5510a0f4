/** Loaded into the functions' processes before anything else: what a local installation gives them and takes from them. */
import { isMainThread } from 'node:worker_threads';
import { bringSecret } from './bring-secret.ts';

const { LOCAL_CLOUD_SECRET: secret, LOCAL_CLOUD_HOSTS: hosts, CALLER_UMASK: umask } = process.env;
if (secret !== undefined && hosts !== undefined) bringSecret(secret, hosts.split(','));
// A thread loads this too, and may not set what belongs to the whole process.
if (umask !== undefined && isMainThread) process.umask(umask);
