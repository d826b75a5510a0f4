/** What `pulumi up` runs; see Pulumi.yaml for how. */
import * as pulumi from '@pulumi/pulumi';
import { program } from './program.ts';
import { parseSettings } from './settings.ts';

const gcp = new pulumi.Config('gcp');
const longrun = new pulumi.Config('longrun');
const secret = (key: string) => longrun.getSecret(key);

const settings = parseSettings(
  (key) => {
    const [namespace, name = ''] = key.split(':');
    return (namespace === 'gcp' ? gcp : longrun).get(name);
  },
  (key) => secret(key) !== undefined,
);

/** A function, since Pulumi waits for what the default export of an ES module answers. */
export default () =>
  program(settings, {
    modelKey: secret('modelKey'),
    graphsEnv: secret('graphsEnv'),
    redisUrl: secret('redisUrl'),
    webhookKey: secret('webhookKey'),
    googleClientSecret: secret('googleClientSecret'),
  });
