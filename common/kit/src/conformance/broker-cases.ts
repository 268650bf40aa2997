import { groupChecks } from './broker-groups';
import { recordChecks } from './broker-records';
import { durabilityChecks, lackOfDurability, lackOfSharing, sharingChecks } from './broker-restarts';
import { casesOf, checksOf, type Case, type Feature } from './case';
import type { BrokerUnderTest } from './under-test';

/** What a broker can do that not every one can. */
export interface BrokerFeatures {
  /** Records and commits outlive the process: there is `restart`. */
  readonly durable: Feature;
  /** The partitions of a group are shared among its members: there is `another`. */
  readonly sharing: Feature;
}

/** What every `Broker` promises. */
export const brokerCases = (open: () => Promise<BrokerUnderTest>, features: BrokerFeatures): readonly Case[] =>
  casesOf(
    open,
    recordChecks,
    groupChecks,
    checksOf(features.durable, durabilityChecks, lackOfDurability),
    checksOf(features.sharing, sharingChecks, lackOfSharing),
  );
