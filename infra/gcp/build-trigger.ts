import * as gcp from '@pulumi/gcp';
import * as pulumi from '@pulumi/pulumi';
import type { Accounts } from './accounts.ts';
import type { Stack } from './stack.ts';

/** Each push to main runs cloudbuild.yaml. The repository is connected to Cloud Build once, by hand: Google asks a person. */
export function makeTrigger(stack: Stack, { deploy }: Accounts): void {
  const { project, github } = stack.settings;
  if (github === null || deploy === null) return;
  new gcp.cloudbuild.Trigger(
    'push-to-main',
    {
      project,
      name: 'longrun-push-to-main',
      location: 'global',
      description: 'Builds, tests and deploys each push to main.',
      github: { owner: github.owner, name: github.name, push: { branch: '^main$' } },
      filename: 'cloudbuild.yaml',
      serviceAccount: deploy.id,
      includeBuildLogs: 'INCLUDE_BUILD_LOGS_WITH_STATUS',
      substitutions: {
        _STACK: pulumi.getStack(),
        _STATE: `gs://${github.stateBucket}`,
      },
    },
    stack.after,
  );
}
