import type { ResourceContext, ResourceTypes } from '../assembly/resource-type.ts';
import type { JsonObject } from '../assembly/template.ts';
import { LocalError } from '../errors.ts';
import { DESCRIBES, type Laptop, listOf } from './laptop.ts';

const DELIVERY = 'the laptop keeps mails, it does not deliver them';

/** Senders, configuration sets and where mail events go. */
export function mailTypes({ mail }: Laptop): ResourceTypes {
  function createDestination(properties: JsonObject, context: ResourceContext) {
    const destination = properties.EventDestination as JsonObject;
    const { EventBusArn } = (destination.EventBridgeDestination ?? {}) as JsonObject;
    if (!String(EventBusArn).endsWith(':event-bus/default')) {
      throw new LocalError('UnsupportedValue', "mail events go to EventBridge's default bus on a laptop, nowhere else");
    }
    const types = listOf<string>(destination.MatchingEventTypes);
    if (destination.Enabled !== false) mail?.addEventDestination(String(properties.ConfigurationSetName), types);
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
      create: (properties) => {
        const address = String(properties.EmailIdentity);
        mail?.createIdentity(address);
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
      create: (properties, context) => {
        const name = String(properties.Name ?? context.physicalName());
        mail?.createConfigurationSet(name);
        return { ref: name };
      },
    },
    'AWS::SES::ConfigurationSetEventDestination': {
      properties: ['ConfigurationSetName', 'EventDestination'],
      create: createDestination,
    },
  };
}
