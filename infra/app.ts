// Entry of the CDK's command line (cdk.json): `npx cdk synth -c stage=production`.
import { App } from 'aws-cdk-lib';
import { assemble } from './assemble.ts';
import { bundleFunctions } from './bundle.ts';
import { stageSettings } from './stages.ts';

const stage: unknown = new App({ autoSynth: false }).node.tryGetContext('stage');
const settings = stageSettings(typeof stage === 'string' ? stage : 'dev');
assemble({ settings, bundles: await bundleFunctions() }).synth();
