import { App, Tags, Validations } from 'aws-cdk-lib';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Bundles } from './bundle.ts';

import { DataStack } from './stacks/data-stack.ts';
import { ServiceStack } from './stacks/service-stack.ts';
import type { StageSettings } from './stages.ts';

/** What the service stack uses of the data stack is exported, so that CloudFormation refuses to take it away. */
const STRONG_REFERENCES = { '@aws-cdk/core:defaultCrossStackReferences': 'strong' };

export interface AssembleOptions {
  readonly settings: StageSettings;
  readonly bundles: Bundles;
  /** Folder of the cloud assembly; the CDK's command line says where by itself. */
  readonly outDir?: string;
}

/**
 * The app of one stage: two stacks, checked against the AWS Solutions rules of cdk-nag when it is synthesized. No
 * account is named, so no account is needed.
 */
export function assemble({ settings, bundles, outDir }: AssembleOptions): App {
  const app = new App({
    ...(outDir === undefined ? {} : { outdir: outDir }),
    analyticsReporting: false,
    treeMetadata: false,
    context: { ...recommendedFlags, ...STRONG_REFERENCES },
  });
  const env = { region: settings.region };
  const state = new DataStack(app, `BaKhong-${settings.name}-Data`, {
    settings,
    env,
    description: 'Ba Khong: table, buckets, keys, user pool (retained)',
  });
  new ServiceStack(app, `BaKhong-${settings.name}-Service`, {
    settings,
    bundles,
    state,
    env,
    description: 'Ba Khong: API, functions, queues, alarms (stateless)',
  });
  Tags.of(app).add('service', 'ba-khong');
  Tags.of(app).add('stage', settings.name);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}
