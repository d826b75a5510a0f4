/** Writes firebase.json for the small option: `node infra/gcp/edge/print-firebase-json.ts PROJECT REGION > firebase.json`. */
import { NAMES } from '../stack.ts';
import { firebaseJson } from './firebase-json.ts';

const [project, region] = process.argv.slice(2);
if (project === undefined || region === undefined) {
  process.stderr.write('Say which project and region: print-firebase-json.ts PROJECT REGION\n');
  process.exit(1);
}
const config = firebaseJson({ project, region, folder: 'web/dist', serviceOf: (to) => NAMES.function(to) });
process.stdout.write(`${JSON.stringify(config, null, 2)}\n`);
