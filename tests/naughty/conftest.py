from tests.api.world import world as world
