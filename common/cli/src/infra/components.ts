import { kafka } from './kafka';
import { mysql } from './mysql';
import { registry } from './registry';
import type { Component, ComponentName } from './component';

export const components: Readonly<Record<ComponentName, Component>> = { kafka, registry, mysql };
