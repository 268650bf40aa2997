import { ContainerModule, MessageHandler, SampleData, service, UnitsOfWork } from 'saga-kit/service';
import { Routes } from 'saga-kit/http';
import { userRoutes } from './adapters/user-routes';
import { UserSample } from './adapters/user-sample';
import { userMigrations, userTable } from './adapters/user-table';
import { userDispatcher, UserWork } from './application/user-dispatcher';

export const user = service({
  name: 'user',
  migrations: userMigrations,
  bindings: new ContainerModule(({ bind }) => {
    bind(UserWork).toResolvedValue((unitsOfWork) => unitsOfWork.of(UserWork, { users: userTable }), [UnitsOfWork]);
    bind(MessageHandler).toConstantValue(userDispatcher);
    bind(Routes).toResolvedValue((work) => ({ routes: userRoutes(work) }), [UserWork]);
    bind(SampleData).toResolvedValue((work) => new UserSample(work), [UserWork]);
  }),
});
