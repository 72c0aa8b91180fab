import type { ResourceContext, ResourceTypes } from '../assembly/resource-type.ts';
import type { JsonObject } from '../assembly/template.ts';
import { LocalError } from '../errors.ts';
import { DESCRIBES, type Laptop, listOf } from './laptop.ts';

const DELIVERY = 'the laptop keeps mails, it does not deliver them';

/** Senders, configuration sets and where mail events go. */
export function mailTypes({ mail }: Laptop): ResourceTypes {
  async function createDestination(properties: JsonObject, context: ResourceContext) {
    const destination = properties.EventDestination as JsonObject;
    const { EventBusArn } = (destination.EventBridgeDestination ?? {}) as JsonObject;
    if (!String(EventBusArn).endsWith(':event-bus/default')) {
      throw new LocalError('UnsupportedValue', "mail events go to EventBridge's default bus on a laptop, nowhere else");
    }
    const types = listOf<string>(destination.MatchingEventTypes).map((type) => type.toUpperCase());
    if (destination.Enabled !== false)
      await mail?.createEventDestination(String(properties.ConfigurationSetName), types);
    return { ref: context.physicalName() };
  }

  return {
    'AWS::SES::EmailIdentity': {
      properties: ['EmailIdentity'],
      ignored: {
        ConfigurationSetAttributes: 'functions name their configuration set with each mail',
        DkimAttributes: DELIVERY,
        DkimSigningAttributes: DELIVERY,
        FeedbackAttributes: DELIVERY,
        MailFromAttributes: DELIVERY,
        Tags: DESCRIBES,
      },
      create: async (properties) => {
        const address = String(properties.EmailIdentity);
        await mail?.createIdentity(address);
        return { ref: address };
      },
    },
    'AWS::SES::ConfigurationSet': {
      properties: ['Name'],
      ignored: {
        DeliveryOptions: DELIVERY,
        ReputationOptions: DELIVERY,
        SendingOptions: DELIVERY,
        SuppressionOptions: DELIVERY,
        Tags: DESCRIBES,
        TrackingOptions: DELIVERY,
        VdmOptions: DELIVERY,
      },
      create: async (properties, context) => {
        const name = String(properties.Name ?? context.physicalName());
        await mail?.createConfigurationSet(name);
        return { ref: name };
      },
    },
    'AWS::SES::ConfigurationSetEventDestination': {
      properties: ['ConfigurationSetName', 'EventDestination'],
      create: createDestination,
    },
  };
}
