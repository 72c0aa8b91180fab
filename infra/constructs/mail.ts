import { Aws } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import {
  ConfigurationSet,
  ConfigurationSetTlsPolicy,
  EmailIdentity,
  EmailSendingEvent,
  EventDestination,
  Identity,
  SuppressionReasons,
} from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import type { StageSettings } from '../stages.ts';
import { allow, type Grant } from './grant.ts';

/** The identity that mail is sent as, and the configuration set that reports every mail to EventBridge. */
export class Mail extends Construct {
  readonly sender: string;
  readonly configurationSetName: string;
  readonly #settings: StageSettings;
  readonly #identity: EmailIdentity;

  constructor(scope: Construct, id: string, settings: StageSettings) {
    super(scope, id);
    this.#settings = settings;
    this.sender = settings.mail.sender;
    this.configurationSetName = `ba-khong-${settings.name}`;
    const reports = new ConfigurationSet(this, 'Reports', {
      configurationSetName: this.configurationSetName,
      tlsPolicy: ConfigurationSetTlsPolicy.REQUIRE,
      reputationMetrics: true,
      suppressionReasons: SuppressionReasons.BOUNCES_AND_COMPLAINTS,
    });
    reports.addEventDestination('Events', {
      destination: EventDestination.eventBus(EventBus.fromEventBusName(this, 'Bus', 'default')),
      events: [EmailSendingEvent.SEND, EmailSendingEvent.BOUNCE, EmailSendingEvent.COMPLAINT, EmailSendingEvent.REJECT],
    });
    this.#identity = new EmailIdentity(this, 'Sender', {
      identity: Identity.domain(domainOf(this.sender)),
      configurationSet: reports,
      mailFromDomain: `mail.${domainOf(this.sender)}`,
    });
  }

  /** DNS records (DKIM) that the owner of the sender's domain has to add. */
  get dkimRecords(): readonly { readonly name: string; readonly value: string }[] {
    return this.#identity.dkimRecords;
  }

  /** To send as the stage's sender, from no other address. */
  send(): Grant[] {
    const arn = (resource: string) => `arn:${Aws.PARTITION}:ses:${this.#settings.region}:${Aws.ACCOUNT_ID}:${resource}`;
    return [
      allow(
        ['ses:SendEmail'],
        [arn(`identity/${domainOf(this.sender)}`), arn(`configuration-set/${this.configurationSetName}`)],
        { conditions: { StringEquals: { 'ses:FromAddress': this.sender } } },
      ),
    ];
  }
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}
